// The same provider through oauth4webapi alone: every check of the lower level, nothing retried
// but what RFC 9449 §8 asks for. Prints one JSON object.
import * as oauth from 'oauth4webapi'

const set = JSON.parse(process.argv[2])
const insecure = { [oauth.allowInsecureRequests]: true }
const issuer = new URL(set.issuer)
const found = await oauth.discoveryRequest(issuer, { ...insecure, algorithm: 'oauth2' })
const as = await oauth.processDiscoveryResponse(issuer, found)
const client = { client_id: set.client_id, id_token_signed_response_alg: 'ES256' }
const EC = { name: 'ECDSA', namedCurve: 'P-256' }
const key = await crypto.subtle.importKey('jwk', set.key, EC, false, ['sign'])
const auth = oauth.PrivateKeyJwt({ key, kid: set.key.kid })
const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
const options = { DPoP, ...insecure }
const told = { nonces: 0 }

/** Ask; where a nonce is missing, once more with it. */
async function asked(request, process) {
  const once = async () => process(await request())
  return once().catch((fault) => {
    if (!oauth.isDPoPNonceError(fault)) throw fault
    told.nonces += 1
    return once()
  })
}

const verifier = oauth.generateRandomCodeVerifier()
const state = oauth.generateRandomState()
const nonce = oauth.generateRandomNonce()
const wanted = new URLSearchParams({
  response_type: 'code',
  redirect_uri: set.redirect_uri,
  scope: set.scope,
  state,
  nonce,
  code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
  code_challenge_method: 'S256',
  resource: `${set.issuer}/v1`,
})
const pushed = await asked(
  () => oauth.pushedAuthorizationRequest(as, client, auth, wanted, options),
  (answer) => oauth.processPushedAuthorizationResponse(as, client, answer),
)
told.pushed = { expires_in: pushed.expires_in }
const url = new URL(as.authorization_endpoint)
url.searchParams.set('client_id', client.client_id)
url.searchParams.set('request_uri', pushed.request_uri)
const robot = await fetch(`${set.sandbox}/robot/sign-in`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ url: url.href, resident: set.resident, give: set.give }),
})
const back = await robot.json()
if (!robot.ok) throw new Error(JSON.stringify(back))

const code = oauth.validateAuthResponse(as, client, new URL(back.redirect_to), state)
const tokens = await asked(
  () => oauth.authorizationCodeGrantRequest(as, client, auth, code, set.redirect_uri, verifier, options),
  (answer) =>
    oauth.processAuthorizationCodeResponse(as, client, answer, {
      expectedNonce: nonce,
      requireIdToken: true,
    }),
)
const claims = oauth.getValidatedIdTokenClaims(tokens)
told.type = tokens.token_type

// the access token is a JWT of RFC 9068 for our API, signed by a published key
const parts = tokens.access_token.split('.').map((part) => Buffer.from(part, 'base64url'))
const [header, access] = parts.slice(0, 2).map((part) => JSON.parse(part))
const published = (await (await fetch(as.jwks_uri)).json()).keys.map((one) => one.kid)
told.access = {
  typ: header.typ,
  published: published.includes(header.kid),
  aud: access.aud,
  jkt: !!access.cnf?.jkt,
  life: access.exp - access.iat,
}

told.userinfo = await asked(
  () => oauth.userInfoRequest(as, client, tokens.access_token, options),
  (answer) => oauth.processUserInfoResponse(as, client, claims.sub, answer),
)
const seen = await oauth.introspectionRequest(as, client, auth, tokens.access_token, insecure)
told.introspected = (await oauth.processIntrospectionResponse(as, client, seen)).active
const done = await oauth.revocationRequest(as, client, auth, tokens.refresh_token, insecure)
told.revocation = (await oauth.processRevocationResponse(done)) ?? 'done'
const gone = await oauth.introspectionRequest(as, client, auth, tokens.access_token, insecure)
told.gone = (await oauth.processIntrospectionResponse(as, client, gone)).active
const replay = await oauth.authorizationCodeGrantRequest(
  as, client, auth, code, set.redirect_uri, verifier, options,
)
told.replay = (await replay.json()).error
console.log(JSON.stringify(told))
