// The peer: npm oidc-provider with its in-memory adapter, asked for the work that ours does.
//   node provider.mjs PORT   reads one client's JWK from stdin, says "ready" once it listens
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

const port = Number(process.argv[2]);
const issuer = `http://127.0.0.1:${port}`;
const { privateKey } = await generateKeyPair('ES256', { extractable: true });
const signing = { ...(await exportJWK(privateKey)), kid: 'sign', use: 'sig', alg: 'ES256' };

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'bench',
    redirect_uris: [],
    response_types: [],
    grant_types: ['client_credentials'],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    id_token_signed_response_alg: 'ES256',
    dpop_bound_access_tokens: true,
    jwks: { keys: [JSON.parse(readFileSync(0, 'utf8'))] },
  }],
  jwks: { keys: [signing] },
  clientAuthMethods: ['private_key_jwt'],
  scopes: ['client:read'],
  ttl: { ClientCredentials: 600 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    dPoP: {
      enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true, allowReplay: false,
    },
    // A resource server makes a JWT (RFC 9068) of the access token; this one has two of them.
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (_ctx, resource) => ({
        scope: 'client:read',
        audience: resource,
        accessTokenFormat: resource.endsWith('opaque') ? 'opaque' : 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
});

provider.listen(port, '127.0.0.1', () => console.log('ready'));
