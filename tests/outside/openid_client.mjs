// The whole journey with openid-client, told as one JSON object. The settings come as the one
// argument. What each step must give is judged by the test that runs this.
import * as oidc from 'openid-client'

const set = JSON.parse(process.argv[2])
const EC = { name: 'ECDSA', namedCurve: 'P-256' }
const sign = await crypto.subtle.importKey('jwk', set.key, EC, false, ['sign'])
const config = await oidc.discovery(
  new URL(set.issuer),
  set.client_id,
  { id_token_signed_response_alg: 'ES256', ...set.metadata },
  oidc.PrivateKeyJwt({ key: sign, kid: set.key.kid }),
  { execute: [oidc.allowInsecureRequests], algorithm: set.algorithm ?? 'oidc' },
)
oidc.enableNonRepudiationChecks(config)
if (set.decryption) {
  const curve = { name: 'ECDH', namedCurve: 'P-256' }
  const key = await crypto.subtle.importKey('jwk', set.decryption, curve, false, ['deriveBits'])
  oidc.enableDecryptingResponses(config, ['A256GCM'], { key, kid: set.decryption.kid })
}
const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'))
const told = {}

// PAR, the resident's browser (a robot), the code
const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
const expectedState = oidc.randomState()
const expectedNonce = oidc.randomNonce()
const url = await oidc.buildAuthorizationUrlWithPAR(
  config,
  {
    redirect_uri: set.redirect_uri,
    scope: set.scope,
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    max_age: '600',
  },
  { DPoP },
)
told.parameters = [...url.searchParams.keys()].sort()
const robot = await fetch(`${set.sandbox}/robot/sign-in`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ url: url.href, resident: set.resident, give: set.give }),
})
const back = await robot.json()
if (!robot.ok) throw new Error(JSON.stringify(back))
const checks = { pkceCodeVerifier, expectedState, expectedNonce, maxAge: 600, idTokenExpected: true }
const exchange = () =>
  oidc.authorizationCodeGrant(config, new URL(back.redirect_to), checks, undefined, { DPoP })
const first = await exchange().catch((fault) => {
  if (!set.faults) throw fault
  console.log(JSON.stringify({ fault: fault.code, words: fault.cause?.message ?? fault.message }))
  process.exit(0)
})
const claims = first.claims()
told.first = { type: first.token_type, scope: first.scope, expires_in: first.expires_in, claims }
told.jwt = first.access_token.split('.').length
told.id_token_parts = first.id_token.split('.').length
told.userinfo = await oidc.fetchUserInfo(config, first.access_token, claims.sub, { DPoP })

// refresh: a bound refresh token is kept
const again = await oidc.refreshTokenGrant(config, first.refresh_token, undefined, { DPoP })
told.again = {
  same_refresh_token: (again.refresh_token ?? first.refresh_token) === first.refresh_token,
  another_access_token: again.access_token !== first.access_token,
  scope: again.scope,
}
told.again.userinfo = await oidc.fetchUserInfo(config, again.access_token, claims.sub, { DPoP })

// a service of the catalogue, with the partner's token
if (set.service) {
  const address = new URL(`${set.issuer}/v1/services/${set.service}/answers`)
  const headers = new Headers({ 'content-type': 'application/json' })
  const answer = await oidc.fetchProtectedResource(
    config, again.access_token, address, 'POST', '{}', headers, { DPoP },
  )
  told.service = { status: answer.status, members: Object.keys(await answer.json()) }
}

// introspect, revoke, introspect
const living = await oidc.tokenIntrospection(config, again.access_token)
told.living = { active: living.active, sub: living.sub === claims.sub, jkt: !!living.cnf?.jkt }
await oidc.tokenRevocation(config, first.access_token)
told.revoked = (await oidc.tokenIntrospection(config, first.access_token)).active
const after = oidc.fetchUserInfo(config, first.access_token, claims.sub, { DPoP })
told.after_revocation = await after.then(() => 'answered', (fault) => fault.cause?.[0]?.parameters?.error ?? fault.code)

// sign out here: the session and all its tokens are over
if (set.logout) {
  const end = oidc.buildEndSessionUrl(config, {
    id_token_hint: first.id_token,
    post_logout_redirect_uri: set.post_logout_redirect_uri,
    state: 'out',
  })
  const out = await fetch(end, { redirect: 'manual' })
  told.logout = { status: out.status, location: out.headers.get('location') }
  told.after_logout = (await oidc.tokenIntrospection(config, again.access_token)).active
  const late = oidc.refreshTokenGrant(config, first.refresh_token, undefined, { DPoP })
  told.late_refresh = await late.then(() => 'refreshed', (fault) => fault.error)
}

// for itself: client credentials
if (set.own) {
  const own = await oidc.clientCredentialsGrant(config, { scope: 'client:read' }, { DPoP })
  const record = await oidc.fetchProtectedResource(
    config, own.access_token, new URL(`${set.issuer}/v1/client`), 'GET', undefined, undefined, { DPoP },
  )
  told.own = { status: record.status, id: (await record.json()).client_id, refresh: own.refresh_token ?? '' }
}
console.log(JSON.stringify(told))
