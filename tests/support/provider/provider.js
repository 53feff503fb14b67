// An OpenID Connect provider for the tests. Prints its port, and ends with its standard input, and so with the tests.
// Whoever asks for a code gets one, as the user that `login_hint` names; the `resource`, like `urn:api:ES256`, says
// whom the token is for and how it is signed. `/rotate` makes new keys.

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const pairs = () => ({
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: generateKeyPairSync('ed25519'),
});

function provider(issuer) {
  const keys = Object.entries(pairs()).map(([alg, { privateKey }]) => {
    return { ...privateKey.export({ format: 'jwk' }), alg, use: 'sig', kid: randomUUID() };
  });
  const provider = new Provider(issuer, {
    jwks: { keys },
    clients: [
      {
        client_id: 'web',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['https://acme.example.com/signed-in'],
        grant_types: ['authorization_code'],
      },
    ],
    cookies: { keys: [randomUUID()] },
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:api:RS256',
        getResourceServerInfo: (_, resource) => {
          const [, name, alg] = resource.split(':');
          const audience = `https://${name}.example.com`;
          return { audience, scope: 'api', accessTokenTTL: 600, accessTokenFormat: 'jwt', jwt: { sign: { alg } } };
        },
      },
    },
    ttl: { Interaction: 600, Grant: 600, Session: 600 },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    extraTokenClaims: (_, { accountId }) => ({ email: `${accountId}@example.com`, name: accountId, tenant: 'acme' }),
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid');
      grant.addResourceScope(oidc.params.resource, 'api');
      await grant.save();
      return grant;
    },
  });
  provider.use(async (context, next) => {
    if (!context.path.startsWith('/interaction/')) return next();
    const { params } = await provider.interactionDetails(context.req, context.res);
    const login = { accountId: params.login_hint };
    context.redirect(await provider.interactionResult(context.req, context.res, { login }));
  });
  return provider.callback();
}

let answer;
const server = createServer((request, response) => {
  if (request.url !== '/rotate') return answer(request, response);
  answer = provider(issuer());
  response.end();
});
const issuer = () => `http://127.0.0.1:${server.address().port}`;
server.listen(0, '127.0.0.1', () => {
  answer = provider(issuer());
  console.log(server.address().port);
});
process.stdin.resume().on('end', () => process.exit());
