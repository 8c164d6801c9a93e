// A real identity provider on the loopback: `node oidc-provider-process.mjs PORT CALLBACK...`. Whoever comes is signed in as the
// `login_hint`, else as alice.
import Provider from 'oidc-provider';

const groups = { alice: ['release-board'], vera: ['staff'] };

const [port, ...callbacks] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: 'console',
      client_secret: 'a secret of the client',
      redirect_uris: callbacks,
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
  pkce: { required: () => true },
  conformIdTokenClaims: false,
  claims: { openid: ['sub'], profile: ['preferred_username', 'name', 'groups'] },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: id, name: `The ${id}`, groups: groups[id] ?? ['none'] }),
  }),
  loadExistingGrant: async (context) => {
    const grant = new provider.Grant({ accountId: context.oidc.session.accountId, clientId: 'console' });
    grant.addOIDCScope('openid profile');
    await grant.save();
    return grant;
  },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  cookies: { keys: ['a key for cookies'] },
});
provider.use(async (context, next) => {
  if (!context.path.startsWith('/interaction/')) return next();
  const { params } = await provider.interactionDetails(context.req, context.res);
  const login = { accountId: params.login_hint ?? 'alice' };
  return provider.interactionFinished(context.req, context.res, { login }, { mergeWithLastSubmission: false });
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
