import { createDecisionSigner } from '../../src/client';
import { newSigningKey } from '../../src/client/signing';
import type { CommandInput } from '../../src/contracts/messages';
import { type ProofRoom, Proofs } from '../../src/workflows/proofs';

const privateKey = newSigningKey();
const { keyId, publicKey } = createDecisionSigner({ privateKey });
const since = '2026-01-01T10:00:00.000Z';
const start = Date.parse(since);
const minute = 60_000;

const room = (change: Partial<ProofRoom> = {}): ProofRoom => ({
  signing: { unsignedApprovals: false, keys: [{ id: keyId, publicKey, people: null }] },
  workflowIds: ['pipeline/a/b/c'],
  since,
  ...change,
});
const resume: CommandInput = { by: { name: 'bob', source: 'oidc' }, reason: 'go' };
const signedAt = (at: number) =>
  createDecisionSigner({ privateKey, now: () => new Date(at) }).as({
    iss: 'https://id.example.com',
    sub: '1',
    name: 'bob',
  })('resume', 'pipeline/a/b/c', resume);

describe('the proofs of a run', () => {
  it('are taken once, also after the run has gone on in a new history', async () => {
    const before = new Proofs(room());
    const message = await signedAt(start + minute);

    expect(before.judge('resume', message, start + minute).refusal).toBeNull();
    const after = new Proofs(room(), before.usedAt(start + 2 * minute));

    expect(after.judge('resume', message, start + 2 * minute).refusal).toContain('used already');
    expect(after.judge('resume', await signedAt(start + 3 * minute), start + 3 * minute).refusal).toBeNull();
  });

  it('are remembered no longer than they could be sent again', async () => {
    const proofs = new Proofs(room());
    proofs.judge('resume', await signedAt(start + minute), start + minute);

    expect(proofs.usedAt(start + 11 * minute)).toHaveLength(1);
    expect(proofs.usedAt(start + 11 * minute + 1)).toEqual([]);
  });

  it.each([
    ['at its last moment', 10 * minute, null],
    ['a moment too late', 10 * minute + 1, 'more than 10 minutes before'],
    ['by a clock that is a minute ahead', -minute, null],
    ['by a clock that is further ahead', -minute - 1, "set the signer's clock"],
  ])('count %s', async (_name, age, refusal) => {
    const now = start + 30 * minute;
    const found = new Proofs(room()).judge('resume', await signedAt(now - age), now).refusal;

    expect(found).toEqual(refusal === null ? null : expect.stringContaining(refusal));
  });

  it('of an earlier run of the same name do not count', async () => {
    expect(new Proofs(room()).judge('resume', await signedAt(start - 1), start).refusal).toContain(
      `before this run began at ${since}`,
    );
  });

  it('are not looked at where the platform has no keys: who sends it is what they say', async () => {
    const proofs = new Proofs(room({ signing: undefined }));

    const { input, refusal } = proofs.judge('resume', await signedAt(start - minute), start);

    expect(refusal).toBeNull();
    expect(input).toEqual({ by: { name: 'bob', source: 'cli' }, reason: 'go' });
    expect(proofs.asked).toEqual({});
  });

  it.each(['pause', 'abort', 'rollback'] as const)('are not asked of %s', (kind) => {
    expect(new Proofs(room()).judge(kind, resume, start)).toEqual({
      refusal: null,
      input: { by: { name: 'bob', source: 'cli' }, reason: 'go' },
    });
  });

  it('that nothing could be made of are refused, not thrown', async () => {
    const { proof } = await signedAt(start);
    let deep: unknown = 1;
    for (let depth = 0; depth < 20_000; depth += 1) deep = [deep];

    const message = { ...resume, proof: { ...proof!, claims: { ...proof!.claims, deep } } };

    expect(new Proofs(room()).judge('resume', message, start).refusal).toContain('does not fit the message');
  });
});
