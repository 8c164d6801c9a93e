import { verifySignatures } from '../../../src/activities/audit';
import { createDecisionSigner } from '../../../src/client';
import { newSigningKey } from '../../../src/client/signing';
import type { AuditEntry } from '../../../src/contracts/audit';
import type { CommandInput } from '../../../src/contracts/messages';

const signer = createDecisionSigner({ privateKey: newSigningKey(), keyId: 'console' });
const keys = [{ id: 'console', publicKey: signer.publicKey }];
const sign = signer.as({ iss: 'https://id.example.com', sub: '1', name: 'bob' });
const decision = { by: { name: '', source: 'cli' }, reason: 'fine', stage: 'production', verdict: 'approve' } as const;

const entryOf = (signed: CommandInput | null, change: Partial<AuditEntry> = {}): AuditEntry => ({
  key: 'k',
  at: '2026-01-01T00:00:00Z',
  actor: { name: 'bob', source: 'oidc' },
  action: 'approval.decided',
  workflowId: 'pipeline/a/b/c',
  namespace: 'a',
  details: signed ? { signed } : {},
  ...change,
});

async function verify(...entries: readonly AuditEntry[]) {
  async function* rows() {
    for (const [index, entry] of entries.entries()) yield { sequence: index + 1, entry };
  }
  return verifySignatures(rows(), keys);
}

describe('the signatures of an audit trail', () => {
  it('hold for what was signed, and are counted beside what was not', async () => {
    const signed = await sign('decide', 'pipeline/a/b/c', decision);

    expect(await verify(entryOf(signed), entryOf(null), entryOf(null, { action: 'release.started' }))).toEqual({
      valid: true,
      signed: 1,
      unsigned: 1,
      problems: [],
    });
  });

  it.each<[string, (signed: CommandInput) => AuditEntry, string]>([
    ['another reason', (signed) => entryOf({ ...signed, reason: 'none' }), 'does not fit the message and key console'],
    ['another deed', (signed) => entryOf(signed, { action: 'stage.skipped' }), 'does not fit'],
    ['a deed that is never signed', (signed) => entryOf(signed, { action: 'release.started' }), 'is no signed message'],
    [
      'another actor',
      (signed) => entryOf(signed, { actor: { name: 'eve', source: 'oidc' } }),
      'it says that eve did it',
    ],
    [
      'an unknown key',
      (signed) => entryOf({ ...signed, proof: { ...signed.proof!, keyId: 'old' } }),
      'key old is not among the keys that were given',
    ],
  ])('do not hold for %s', async (_name, change, sentence) => {
    const signed = await sign('decide', 'pipeline/a/b/c', decision);

    const result = await verify(entryOf(signed), change(signed));

    expect(result).toMatchObject({ valid: false, signed: 2, problems: [expect.stringContaining(sentence)] });
    expect(result.problems[0]).toMatch(/^row 2 /);
  });
});
