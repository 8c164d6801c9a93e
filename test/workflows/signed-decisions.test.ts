import { createDecisionSigner, type DecisionSigner } from '../../src/client';
import { newSigningKey } from '../../src/client/signing';
import {
  type CommandInput,
  type DecideInput,
  decideSignal,
  resumeUpdate,
  skipUpdate,
} from '../../src/contracts/messages';
import type { Claims, SignedCommand } from '../../src/contracts/proof';
import type { ApprovalGatePlan, ReleasePlan, SigningPlan } from '../../src/definition/release-plan';
import { refusalOf, useHarness } from './harness';
import { author, blueGreen, bob, buildStage, command, gatePlan, plan, simplePlan, stage } from './plans';
import { Hold } from './world';

const console_ = newSigningKey();
const stranger = newSigningKey();
const { keyId, publicKey } = createDecisionSigner({ privateKey: console_ });
const signing: SigningPlan = { unsignedApprovals: false, keys: [{ id: keyId, publicKey, people: null }] };
const minute = 60_000;

const gated = (release: string, gate: Partial<ApprovalGatePlan> = {}, change: Partial<ReleasePlan> = {}) => ({
  ...simplePlan(release, { gates: [gatePlan(gate)] }),
  signing,
  ...change,
});
const claimsOf = (name: string): Claims => ({ iss: 'https://id.example.com', sub: `id-of-${name}`, name });
const unsigned = 'this platform takes no unsigned decide (identity.unsigned_approvals is false)';

describe('a run that takes signed decisions only', () => {
  const harness = useHarness();

  /** A signer whose clock is the server's, and off by that much. */
  const signerAt = async (offsetMs = 0, privateKey = console_): Promise<DecisionSigner> => {
    const time = (await harness().environment.currentTimeMs()) + offsetMs;
    return createDecisionSigner({ privateKey, now: () => new Date(time) });
  };
  const signed = async <Message extends CommandInput>(
    kind: SignedCommand,
    id: string,
    message: Message,
    name = 'bob',
  ) => (await signerAt()).as(claimsOf(name))(kind, id, message);
  const asked = async (releasePlan: ReleasePlan) => {
    const id = await harness().start(releasePlan);
    await harness().untilPhase(id, 'awaiting_approval');
    return id;
  };
  /** What bob would have to sign. */
  const question = async (id: string): Promise<DecideInput> => {
    const [open] = (await harness().status(id)).awaiting;
    const { stage: name, gate, subject, askedAt } = open!;
    return { stage: name, gate, subject, askedAt, verdict: 'approve', by: bob, reason: 'seen' };
  };
  const approveSigned = async (id: string, name: string) =>
    harness().approve(id, await signed('decide', id, await question(id), name));

  it('says so, and goes on when one was signed', async () => {
    const id = await asked(gated('1.0.0'));
    const [open] = (await harness().status(id)).awaiting;

    await approveSigned(id, 'bob');

    expect(open?.proof).toBe('required');
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
    const decided = harness().world.audit.find(({ action }) => action === 'approval.decided');
    expect(decided).toMatchObject({
      actor: { name: 'bob', source: 'oidc' },
      reason: `bob: approve (seen), signed with ${keyId}`,
      details: { signed: { verdict: 'approve', proof: { keyId, workflowId: id, claims: claimsOf('bob') } } },
    });
  });

  it('refuses an unsigned update and an unsigned signal, puts both on record, and goes on waiting', async () => {
    const id = await asked(gated('1.0.0'));

    const update = await refusalOf(harness().approve(id));
    const claimed = await refusalOf(harness().approve(id, { by: { name: 'cleo', source: 'oidc' } }));
    await harness()
      .handle(id)
      .signal(decideSignal, {
        stage: 'production',
        verdict: 'approve',
        by: { name: 'dora', source: 'signed' },
        reason: '',
      });
    await harness().until(() =>
      expect(harness().world.audit.filter(({ action }) => action === 'approval.refused')).toHaveLength(3),
    );

    expect(update).toContain(unsigned);
    expect(claimed).toContain(unsigned);
    expect((await harness().status(id)).awaiting).toMatchObject([{ approvedBy: [] }]);
    const refused = harness().world.audit.filter(({ action }) => action === 'approval.refused');
    // What nobody has shown is a claim, whatever it calls itself.
    expect(refused.map(({ actor }) => actor)).toEqual([
      { name: 'bob', source: 'cli' },
      { name: 'cleo', source: 'cli' },
      { name: 'dora', source: 'cli' },
    ]);
    expect(await harness().timeline(id)).toContainEqual(
      expect.stringContaining(`decision of dora refused: ${unsigned}`),
    );
  });

  it.each<[string, (message: DecideInput, id: string) => Promise<unknown> | unknown, string]>([
    [
      'of a key that the platform does not name',
      async (message, id) => (await signerAt(0, stranger)).as(claimsOf('bob'))('decide', id, message),
      'is not among the signing keys of this run',
    ],
    [
      'of another key under the name of a good one',
      async (message, id) => {
        const time = await harness().environment.currentTimeMs();
        const forger = createDecisionSigner({ privateKey: stranger, keyId, now: () => new Date(time) });
        return forger.as(claimsOf('bob'))('decide', id, message);
      },
      'the signature does not fit the message',
    ],
    [
      'whose reason was changed',
      async (message, id) => ({ ...(await signed('decide', id, message)), reason: 'another' }),
      'the signature does not fit the message',
    ],
    [
      'that was a rejection',
      async (message, id) => ({
        ...(await signed('decide', id, { ...message, verdict: 'reject' })),
        verdict: 'approve',
      }),
      'the signature does not fit the message',
    ],
    [
      'that is put into the mouth of another person',
      async (message, id) => ({ ...(await signed('decide', id, message)), by: { name: 'cleo', source: 'oidc' } }),
      'the proof is for bob (claims.name), and the message says that cleo sends it',
    ],
    ['for another run', async (message, id) => signed('decide', `${id}0`, message), 'the proof is for pipeline/'],
    [
      'for another subject',
      async (message, id) => signed('decide', id, { ...message, subject: 'f'.repeat(64) }),
      'is no longer what is asked',
    ],
    [
      'for an earlier question',
      async (message, id) => signed('decide', id, { ...message, askedAt: '2026-01-01T00:00:00.000Z' }),
      'this answers what was asked at 2026-01-01T00:00:00.000Z',
    ],
    [
      'that is older than ten minutes',
      async (message, id) => (await signerAt(-10 * minute - 1000)).as(claimsOf('bob'))('decide', id, message),
      'more than 10 minutes before',
    ],
    [
      'from the future',
      async (message, id) => (await signerAt(2 * minute)).as(claimsOf('bob'))('decide', id, message),
      "set the signer's clock",
    ],
    [
      'that was signed as another command',
      async (message, id) => signed('resume', id, message),
      'the signature does not fit the message',
    ],
  ])('refuses a decision %s, each with its own sentence', async (_name, make, sentence) => {
    const id = await asked(gated('1.0.0'));

    const message = (await make(await question(id), id)) as DecideInput;

    expect(await refusalOf(harness().approve(id, message))).toContain(sentence);
    await harness().until(() =>
      expect(harness().world.audit.at(-1)).toMatchObject({
        action: 'approval.refused',
        reason: expect.stringContaining(sentence),
      }),
    );
    await approveSigned(id, 'bob');
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it.each([
    ['no claims', { claims: undefined }],
    ['no signature', { signature: undefined }],
    ['a time that is none', { signedAt: 'soon' }],
    ['roles that are no list', { claims: { ...claimsOf('bob'), roles: 'all' } }],
  ])('refuses a proof with %s before it reaches the history', async (_name, change) => {
    const id = await asked(gated('1.0.0'));
    const message = await signed('decide', id, await question(id));

    const refusal = await refusalOf(
      harness().approve(id, { ...message, proof: { ...message.proof, ...change } as never }),
    );

    expect(refusal).toMatch(/^(a proof must be|signedAt of a proof|roles in the claims)/);
  });

  it('counts a quorum of signed decisions, each of them once', async () => {
    const id = await asked(gated('1.0.0', { quorum: 2 }));
    const bobs = await signed('decide', id, await question(id));

    await harness().approve(id, bobs);
    const again = await refusalOf(harness().approve(id, bobs));
    const twice = await refusalOf(approveSigned(id, 'bob'));
    await approveSigned(id, 'cleo');

    expect(again).toBe('the proof has been used already: sign each message anew');
    expect(twice).toContain('bob has approved already');
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it('does not take an answer for a second question that reads the same', async () => {
    const steps = [
      ...blueGreen.slice(0, 1),
      { kind: 'approve', gate: gatePlan({ name: 'go' }) },
      { kind: 'approve', gate: gatePlan({ name: 'go' }) },
      { kind: 'promote' },
    ] as const;
    const id = await harness().start({ ...simplePlan('1.0.0', {}, { steps }), signing });
    const deployment = harness().deployment('1.0.0');
    await harness().untilPhase(id, 'awaiting_approval');
    const first = await question(id);
    const answer = await signed('decide', deployment, first);
    await harness().pass(1);

    await harness().approve(deployment, answer);
    await harness().until(async () => expect((await question(id)).askedAt).not.toBe(first.askedAt));
    const again = await refusalOf(harness().approve(deployment, answer));
    await harness().approve(deployment, await signed('decide', deployment, await question(id)));

    expect(again).toMatch(/used already|answers what was asked at/);
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it('takes of a personal key what its people say, and nothing else', async () => {
    const keys = [{ id: keyId, publicKey, people: ['cleo'] }];
    const id = await asked(gated('1.0.0', {}, { signing: { unsignedApprovals: false, keys } }));

    expect(await refusalOf(approveSigned(id, 'bob'))).toBe(`key ${keyId} signs for cleo, not for bob`);
    await approveSigned(id, 'cleo');

    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it('takes each of several keys, so that they can be changed one after the other', async () => {
    const next = createDecisionSigner({ privateKey: stranger });
    const keys = [...signing.keys, { id: next.keyId, publicKey: next.publicKey, people: null }];
    const id = await asked(gated('1.0.0', { quorum: 2 }, { signing: { unsignedApprovals: false, keys } }));

    await approveSigned(id, 'bob');
    const message = await question(id);
    await harness().approve(id, await (await signerAt(0, stranger)).as(claimsOf('cleo'))('decide', id, message));

    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it('goes by roles as before: a proof shows who it is, not what they may', async () => {
    const directory = { users: { bob: ['developer'], cleo: ['release_manager'] } };
    const id = await asked(gated('1.0.0', { roles: ['release_manager'] }, { directory }));
    const boasting = { ...claimsOf('bob'), roles: ['release_manager'] };

    const message = await (await signerAt()).as(boasting)('decide', id, await question(id));

    expect(await refusalOf(harness().approve(id, message))).toContain('(has: developer)');
    await approveSigned(id, 'cleo');
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it('lets nobody skip a stage, or resume, without a proof', async () => {
    const hold = new Hold();
    harness().world.build = hold.wait;
    const scans = stage('scans', { requires: ['build'], commands: [command('scan')] });
    const id = await harness().start(plan('1.0.0', [buildStage, scans], { signing }));
    await hold.reached;
    const skip = { stage: 'scans', by: bob, reason: 'slow' };
    const resume = { by: bob, reason: 'enough' };

    await harness().command(id, 'pause');
    const refusals = [
      await refusalOf(
        harness()
          .handle(id)
          .executeUpdate(skipUpdate, { args: [skip] }),
      ),
      await refusalOf(
        harness()
          .handle(id)
          .executeUpdate(resumeUpdate, { args: [resume] }),
      ),
    ];
    const signedResume = await signed('resume', id, resume);
    await harness()
      .handle(id)
      .executeUpdate(resumeUpdate, { args: [signedResume] });
    await harness().command(id, 'pause');
    refusals.push(
      await refusalOf(
        harness()
          .handle(id)
          .executeUpdate(resumeUpdate, { args: [signedResume] }),
      ),
    );
    await harness().pass(1);
    await harness()
      .handle(id)
      .executeUpdate(resumeUpdate, { args: [await signed('resume', id, resume)] });
    await harness()
      .handle(id)
      .executeUpdate(skipUpdate, { args: [await signed('skip', id, skip)] });
    hold.open();

    expect(refusals).toEqual([
      expect.stringContaining('no unsigned skip'),
      expect.stringContaining('no unsigned resume'),
      expect.stringContaining('used already'),
    ]);
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
    const skipped = harness().world.audit.find(({ action }) => action === 'stage.skipped');
    expect(skipped).toMatchObject({ actor: { name: 'bob', source: 'oidc' }, details: { signed: { stage: 'scans' } } });
  });

  it('hands a signed resume on to its deployment', async () => {
    const steps = [...blueGreen.slice(0, 2), { kind: 'pause', durationSeconds: null }, { kind: 'promote' }] as const;
    const id = await harness().start({ ...simplePlan('1.0.0', {}, { steps }), signing });
    const deployment = harness().deployment('1.0.0');
    await harness().untilPhase(id, 'paused');

    const direct = await refusalOf(harness().command(deployment, 'resume'));
    await harness().pass(1);
    await harness()
      .handle(id)
      .executeUpdate(resumeUpdate, { args: [await signed('resume', id, { by: bob, reason: 'go' })] });

    expect(direct).toContain('no unsigned resume');
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
  });

  it.each(['abort', 'rollback'] as const)('%s needs no proof, and is not held up by a bad one', async (kind) => {
    const id = await asked(gated('1.0.0'));
    const proof = (await signed<CommandInput>(kind, `${id}0`, { by: bob, reason: 'for another run' })).proof!;

    const updates = { by: { name: 'bob', source: 'oidc' }, reason: 'now', proof } as const;
    await harness()
      .handle(id)
      .executeUpdate(kind, { args: [updates] });

    expect((await harness().result(id)).phase).not.toBe('succeeded');
    const heard = harness().world.audit.find(({ action }) => action === `release.${kind}`);
    expect(heard?.actor).toEqual({ name: 'bob', source: 'cli' });
  });

  it('goes back by itself, whoever may sign', async () => {
    await harness().run(simplePlan('0.9.0'));
    const hold = new Hold<never>();
    harness().world.analyze = hold.wait;
    const id = await harness().start({ ...simplePlan('1.0.0'), signing });
    await hold.reached;

    await harness().command(id, 'rollback');

    expect(await harness().result(id)).toMatchObject({ phase: 'rolled_back' });
    expect(harness().world.cluster.serving('production')).toBe('0.9.0 100%');
  });
});

describe('a run that takes both', () => {
  const harness = useHarness();
  const both = { ...signing, unsignedApprovals: true };

  it('counts an unsigned decision as a claim, and refuses a proof that does not hold', async () => {
    const id = await harness().start(gated('1.0.0', {}, { signing: both }));
    const { awaiting } = await harness().untilPhase(id, 'awaiting_approval');
    const [open] = awaiting;
    const time = await harness().environment.currentTimeMs();
    const forger = createDecisionSigner({ privateKey: stranger, keyId, now: () => new Date(time) });
    const { subject, askedAt, gate } = open!;
    const decision = { stage: 'production', verdict: 'approve', gate, subject, askedAt, by: bob, reason: '' } as const;

    const forged = await refusalOf(
      harness().approve(id, await forger.as({ iss: 'os', sub: '0', name: 'bob' })('decide', id, decision)),
    );
    await harness().approve(id, { by: { name: 'bob', source: 'oidc' } });

    expect(open?.proof).toBe('accepted');
    expect(forged).toContain('does not fit');
    expect(await harness().result(id)).toMatchObject({ phase: 'succeeded' });
    const decided = harness().world.audit.find(({ action }) => action === 'approval.decided');
    expect(decided).toMatchObject({ actor: { name: 'bob', source: 'cli' }, details: { source: 'cli' } });
  });
});

describe('a pipeline that is told of questions', () => {
  const harness = useHarness();

  it("shows those of its own deployments alone, and takes nobody's word that a stage has ended", async () => {
    const id = await harness().start(gated('1.0.0'));
    const { awaiting } = await harness().untilPhase(id, 'awaiting_approval');
    const forged = { ...awaiting[0], workflowId: 'pipeline/other', gate: 'forged' };

    const progress = { phase: 'awaiting_approval', reason: 'x', awaiting: [forged] };
    await harness().handle(id).signal('stageProgress', { stage: 'production', status: progress });
    await harness()
      .handle(id)
      .signal('stageProgress', { stage: 'production', status: { ...progress, phase: 'succeeded', awaiting: [] } });
    const status = await harness().status(id);
    await harness().command(id, 'abort', author);

    expect(status.awaiting.map(({ gate }) => gate)).toEqual(['manual_approval']);
    expect(status.stages.at(-1)?.phase).toBe('awaiting_approval');
    expect(await harness().result(id)).toMatchObject({ phase: 'aborted' });
  });
});
