import { createDecisionSigner } from '../../src/client';
import { newSigningKey } from '../../src/client/signing';
import { remoteSigner } from '../../src/console/api-client';
import type { ApiParts } from '../../src/console/ports';
import { type RunningApi, startApi } from '../../src/console/server';
import type { CommandInput } from '../../src/contracts/messages';
import { type Proof, statementOf } from '../../src/contracts/proof';
import { signatureHolds } from '../../src/contracts/signature';

const token = 'the-token';
const signer = createDecisionSigner({ privateKey: newSigningKey() });
const parts: ApiParts = {
  audit: {} as never,
  logs: { ofRun: async () => [] },
  watches: async () => null,
  kpis: null,
  platforms: null,
  notReady: async () => null,
  sign: signer.as({ iss: 'os', sub: '1000@host', name: 'olga' }),
};
const message: CommandInput = { by: { name: 'eve', source: 'oidc' }, reason: 'fine' };

describe('the API that signs', () => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi({ parts, token }, 0);
  });
  afterAll(() => api.close());

  const post = (body: unknown, bearer = token) =>
    fetch(`${api.url}/api/v1/signatures`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('signs as the owner of the system, whoever the message says it is from', async () => {
    const signed = await remoteSigner({ url: api.url, token })('skip', 'pipeline/a/b/c', {
      ...message,
      stage: 'scans',
    });

    expect(signed).toMatchObject({ by: { name: 'olga', source: 'signed' }, stage: 'scans', reason: 'fine' });
    const whole = signed as typeof signed & { readonly proof: Proof };
    expect(signatureHolds(statementOf('skip', whole), whole.proof.signature, signer.publicKey)).toBe(true);
  });

  it('signs for nobody without the token, and nothing that is no command', async () => {
    const request = { command: 'skip', workflowId: 'pipeline/a/b/c', message };
    const answers = await Promise.all([
      post(request, 'another'),
      post({ ...request, command: 'unfreeze' }),
      post({ ...request, workflowId: '' }),
      post({ ...request, message: 'approve' }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([401, 400, 400, 400]);
  });

  it('has no such route where there is no key', async () => {
    const { sign: _, ...without } = parts;
    const other = await startApi({ parts: without, token }, 0);
    try {
      await expect(remoteSigner({ url: other.url, token })('skip', 'w', message)).rejects.toThrow('answered 404');
    } finally {
      await other.close();
    }
  });
});
