// A partner's program with openid-client, led by a test: one command a line, one JSON answer a line.
// {"do":"sign-in","scope":…} gives the address to send the browser to; {"do":"back","url":…} what
// the partner then sees; {"do":"again"} what its next calls with the same tokens give.
import { createInterface } from 'node:readline'
import * as oidc from 'openid-client'

const set = JSON.parse(process.argv[2])
const EC = { name: 'ECDSA', namedCurve: 'P-256' }
const sign = await crypto.subtle.importKey('jwk', set.key, EC, false, ['sign'])
const config = await oidc.discovery(
  new URL(set.issuer),
  set.client_id,
  { id_token_signed_response_alg: 'ES256' },
  oidc.PrivateKeyJwt({ key: sign, kid: set.key.kid }),
  { execute: [oidc.allowInsecureRequests] },
)
const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'))
const error = (fault) => fault.error ?? fault.cause?.[0]?.parameters?.error ?? fault.cause?.error ?? fault.code
let checks, tokens

const commands = {
  async 'sign-in'({ scope, ...more }) {
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
    checks = { pkceCodeVerifier, expectedState: oidc.randomState(), expectedNonce: oidc.randomNonce() }
    const url = await oidc.buildAuthorizationUrlWithPAR(config, {
      redirect_uri: set.redirect_uri, scope, ...more,
      state: checks.expectedState, nonce: checks.expectedNonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier), code_challenge_method: 'S256',
    }, { DPoP })
    return { url: url.href }
  },
  async back({ url }) {
    tokens = await oidc.authorizationCodeGrant(config, new URL(url), checks, undefined, { DPoP })
    const { sub, acr, amr } = tokens.claims()
    return { scope: tokens.scope, acr, amr, userinfo: await oidc.fetchUserInfo(config, tokens.access_token, sub, { DPoP }) }
  },
  async again() {
    const { sub } = tokens.claims()
    // Both at once; whichever is refused first is listened to, or Node ends the program.
    const seen = oidc.fetchUserInfo(config, tokens.access_token, sub, { DPoP }).then(() => 'answered', error)
    const fresh = oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP }).then(() => 'refreshed', error)
    return { userinfo: await seen, refresh: await fresh }
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...facts } = JSON.parse(line)
  const told = await commands[name](facts).catch((fault) => ({ error: error(fault) }))
  console.log(JSON.stringify(told))
}
