// Verifies presentations by a library of others (npm @sd-jwt/sd-jwt-vc), which knows of us only what
// anybody may fetch: issuer metadata and status lists. Prints one JSON object: what it says of each.
import { createHash, randomBytes, webcrypto } from 'node:crypto'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'

const set = JSON.parse(process.argv[2])
const EC = { name: 'ECDSA', namedCurve: 'P-256' }
const SIGNED = { name: 'ECDSA', hash: 'SHA-256' }
const bytes = (text) => new TextEncoder().encode(text)

async function by(jwk, data, signature) {
  const key = await webcrypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x: jwk.x, y: jwk.y }, EC, false, ['verify'])
  return webcrypto.subtle.verify(SIGNED, key, Buffer.from(signature, 'base64url'), bytes(data))
}

async function byIssuer(data, signature) {
  const header = JSON.parse(Buffer.from(data.split('.')[0], 'base64url'))
  const key = set.keys.find((one) => one.kid === header.kid)
  return Boolean(key) && by(key, data, signature)
}

const library = new SDJwtVcInstance({
  hasher: (data, alg) => new Uint8Array(createHash(alg.replace('-', '')).update(typeof data === 'string' ? data : Buffer.from(data)).digest()),
  hashAlg: 'sha-256',
  saltGenerator: (length) => randomBytes(length).toString('hex'),
  verifier: byIssuer,
  statusVerifier: byIssuer,
  kbVerifier: (data, signature, payload) => by(payload.cnf.jwk, data, signature),
  statusListFetcher: async (uri) => set.lists[uri],
})

async function said({ text, nonce }) {
  try {
    const found = await library.verify(text, { keyBindingNonce: nonce })
    return { good: true, payload: found.payload, audience: found.kb.payload.aud }
  } catch (fault) {
    return { good: false, why: String(fault.message ?? fault) }
  }
}

const told = {}
for (const [name, one] of Object.entries(set.cases)) told[name] = await said(one)
console.log(JSON.stringify(told))
