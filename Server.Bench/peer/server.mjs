// npm oidc-provider with everything in memory: tokens as AuthCore gives them (JWT, ES256), refresh tokens that rotate.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const { port, machines, web, scope } = JSON.parse(readFileSync(process.env.SERVER_BENCH_PEER, 'utf8'));
const issuer = `http://127.0.0.1:${port}`;
const resource = 'urn:bench:api';
const privateJwk = (type, options) => generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' });

const provider = new Provider(issuer, {
  clients: [
    ...machines.map(({ id, secret }) => ({
      client_id: id, client_secret: secret, grant_types: ['client_credentials'], response_types: [], redirect_uris: [],
    })),
    {
      client_id: web.id, client_secret: web.secret, grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'], redirect_uris: [web.redirectUri],
    },
  ],
  jwks: { keys: [{ ...privateJwk('ec', { namedCurve: 'P-256' }), alg: 'ES256', use: 'sig' }, { ...privateJwk('rsa', { modulusLength: 2048 }), alg: 'RS256', use: 'sig' }] },
  cookies: { keys: ['a key of the bench'] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope, audience: issuer, accessTokenFormat: 'jwt', accessTokenTTL: 900, jwt: { sign: { alg: 'ES256' } } }),
    },
  },
  rotateRefreshToken: true,
  ttl: { AccessToken: 900, ClientCredentials: 3600, Grant: 86400, RefreshToken: 86400 },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
});

async function makeRefreshToken(accountId) {
  const grant = new provider.Grant({ accountId, clientId: web.id });
  grant.addResourceScope(resource, scope);
  const token = new provider.RefreshToken({
    accountId, client: await provider.Client.find(web.id), grantId: await grant.save(), gty: 'authorization_code', resource, scope, authTime: Math.floor(Date.now() / 1000),
  });
  return token.save();
}

const answer = provider.callback();
createServer(async (request, response) => {
  if (request.url.startsWith('/bench/')) {
    const tokens = await Promise.all(Array.from({ length: Number(request.url.split('/')[2]) }, (_, i) => makeRefreshToken(`person-${i}`)));
    response.end(JSON.stringify(tokens));
    return;
  }

  answer(request, response);
}).listen(port, '127.0.0.1');
