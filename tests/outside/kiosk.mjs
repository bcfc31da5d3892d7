// The device flow with openid-client, as a kiosk. Prints what the QR shows, waits for a line with
// the number that the telephone showed, then polls for the token.
import { createInterface } from 'node:readline/promises'
import * as oidc from 'openid-client'

const set = JSON.parse(process.argv[2])
const EC = { name: 'ECDSA', namedCurve: 'P-256' }
const privateKey = await crypto.subtle.importKey('jwk', set.key, EC, false, ['sign'])
const { d: _, key_ops: __, ...half } = set.key
const publicKey = await crypto.subtle.importKey('jwk', half, EC, true, ['verify'])
const config = await oidc.discovery(
  new URL(set.issuer),
  set.client_id,
  undefined,
  oidc.PrivateKeyJwt({ key: privateKey, kid: set.key.kid }),
  { execute: [oidc.allowInsecureRequests] },
)
const DPoP = oidc.getDPoPHandle(config, { privateKey, publicKey })
const begun = await oidc.initiateDeviceAuthorization(config, { scope: set.scope })
console.log(JSON.stringify({ uri: begun.verification_uri_complete, expires_in: begun.expires_in }))
const confirmation = await createInterface({ input: process.stdin }).question('')
const tokens = await oidc.pollDeviceAuthorizationGrant(config, begun, { confirmation }, { DPoP })
const address = new URL(`${set.issuer}/v1/services/${set.service}/answers`)
const headers = new Headers({ 'content-type': 'application/json' })
const answer = await oidc.fetchProtectedResource(
  config, tokens.access_token, address, 'POST', '{}', headers, { DPoP },
)
console.log(
  JSON.stringify({
    type: tokens.token_type,
    expires_in: tokens.expires_in,
    refresh: tokens.refresh_token ?? '',
    status: answer.status,
  }),
)
