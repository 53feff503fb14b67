// An OpenID Connect provider for the tests. Prints its port, and ends with its standard input, and so with the tests.
// `/rotate` makes new keys. It knows one client, for tests without a browser: its `resource`, like `urn:api:ES256`, says
// whom the token is for and how it is signed. More can be registered, under an id of their choice: those name the
// audience itself. Whoever asks for a code gets one as the user that `login_hint` names, else by a form.

import { createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

// A little longer than the minute before their end at which the app renews tokens, but for such short ones: those it
// renews half-way. The page renews all at the first request after their end.
const SOON_TO_BE_RENEWED = 63;

const FORM = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Provider</title>
<form><label>User <input name="user" required></label> <button>Continue</button> <a href="?cancel=">Cancel</a></form>`;

// Read from text: while Node.js exports a key that it made itself, it may collect the job that made it, and then waits for
// itself for ever.
function privateKey(kind, options) {
  const publicKeyEncoding = { type: 'spki', format: 'pem' };
  const privateKeyEncoding = { type: 'pkcs8', format: 'pem' };
  return createPrivateKey(generateKeyPairSync(kind, { ...options, publicKeyEncoding, privateKeyEncoding }).privateKey);
}

const privateKeys = () => ({
  RS256: privateKey('rsa', { modulusLength: 2048 }),
  PS256: privateKey('rsa', { modulusLength: 2048 }),
  ES256: privateKey('ec', { namedCurve: 'P-256' }),
  EdDSA: privateKey('ed25519'),
});

function provider(issuer) {
  const keys = Object.entries(privateKeys()).map(([alg, key]) => {
    return { ...key.export({ format: 'jwk' }), alg, use: 'sig', kid: randomUUID() };
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
    clientBasedCORS: (_, origin, client) => client.redirectUris.some((uri) => uri.startsWith(`${origin}/`)),
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    // As most providers do: ID tokens tell who it is without a further request.
    conformIdTokenClaims: false,
    cookies: { keys: [randomUUID()] },
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true, idFactory: ({ oidc }) => oidc.body.client_name },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'urn:api:RS256',
        useGrantedResource: () => true,
        getResourceServerInfo: (_, resource, { clientId }) => {
          if (clientId !== 'web') {
            return { audience: resource, scope: 'api', accessTokenTTL: SOON_TO_BE_RENEWED, accessTokenFormat: 'jwt' };
          }
          const [, name, alg] = resource.split(':');
          const audience = `https://${name}.example.com`;
          return { audience, scope: 'api', accessTokenTTL: 600, accessTokenFormat: 'jwt', jwt: { sign: { alg } } };
        },
      },
    },
    ttl: { Interaction: 600, Grant: 600, Session: 600 },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    findAccount: (_, accountId) => ({
      accountId,
      claims: () => ({ sub: accountId, name: `${accountId} of the tests`, email: `${accountId}@example.com` }),
    }),
    extraTokenClaims: (_, { accountId, clientId }) =>
      clientId === 'web' ? { email: `${accountId}@example.com`, name: accountId, tenant: 'acme' } : {},
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid profile email offline_access');
      grant.addResourceScope(oidc.params.resource, 'api');
      await grant.save();
      return grant;
    },
  });
  provider.use(async (context, next) => {
    if (!context.path.startsWith('/interaction/')) return next();
    const { params } = await provider.interactionDetails(context.req, context.res);
    const accountId = params.login_hint ?? context.query.user;
    const cancelled = context.query.cancel !== undefined;
    if (!accountId && !cancelled) {
      context.type = 'html';
      context.body = FORM;
      return;
    }
    const result = cancelled ? { error: 'access_denied' } : { login: { accountId } };
    context.redirect(await provider.interactionResult(context.req, context.res, result));
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
  // As text: a number would be printed in colour where that is forced.
  console.log(String(server.address().port));
});
process.stdin.resume().on('end', () => process.exit());
