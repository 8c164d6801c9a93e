import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createDecisionSigner, createSigningKey, readSigningKey } from '../../src/client';
import { newSigningKey } from '../../src/client/signing';
import type { DecideInput } from '../../src/contracts/messages';
import { type Proof, statementOf } from '../../src/contracts/proof';
import { signatureHolds } from '../../src/contracts/signature';

const pem = newSigningKey();
const signer = createDecisionSigner({ privateKey: pem });
const claims = { iss: 'https://id.example.com', sub: '00u1', name: 'bob', roles: ['release_manager'] };
const decision: DecideInput = {
  stage: 'production',
  gate: 'manual_approval',
  verdict: 'approve',
  subject: 'a'.repeat(64),
  askedAt: '2026-01-01T10:00:00.000Z',
  by: { name: 'somebody', source: 'cli' },
  reason: 'fine',
};

type Signed = DecideInput & { readonly proof: Proof };
const sign = async (message: DecideInput) => (await signer.as(claims)('decide', 'pipeline/a/b/c', message)) as Signed;
const holds = (message: Signed, command: 'decide' | 'skip' = 'decide', key = signer.publicKey) =>
  signatureHolds(statementOf(command, message), message.proof.signature, key);

describe('a signer', () => {
  it('signs as who the claims name, and what it signs can be verified', async () => {
    const signed = await sign(decision);

    expect(signed).toMatchObject({
      verdict: 'approve',
      by: { name: 'bob', source: 'oidc' },
      proof: { keyId: signer.keyId, workflowId: 'pipeline/a/b/c', claims },
    });
    expect(holds(signed)).toBe(true);
    expect(holds(JSON.parse(JSON.stringify(signed)))).toBe(true);
  });

  it('calls who has no identity provider signed', async () => {
    const signed = await signer.as({ iss: 'os', sub: '1000', name: 'eve' })('pause', 'w', {
      by: decision.by,
      reason: '',
    });

    expect(signed.by).toEqual({ name: 'eve', source: 'signed' });
  });

  it('signs for one purpose: a decision is no other command', async () => {
    expect(holds(await sign(decision), 'skip')).toBe(false);
  });

  it('is refused by any other key', async () => {
    const other = createDecisionSigner({ privateKey: newSigningKey() });

    expect(other.keyId).not.toBe(signer.keyId);
    expect(holds(await sign(decision), 'decide', other.publicKey)).toBe(false);
  });

  it('takes any text, and any change of a field, or a new one, breaks the signature', async () => {
    const text = fc.string({ unit: 'grapheme' });
    await fc.assert(
      fc.asyncProperty(text, text, fc.nat(), text, async (stage, reason, which, other) => {
        const signed = await sign({ ...decision, stage, reason });
        const paths = leavesOf(signed).filter((path) => path.join('.') !== 'proof.signature');
        const path = paths[which % paths.length] as readonly string[];

        const changed = withChange(signed, path, other) as Signed;

        expect(holds(signed)).toBe(true);
        expect(holds(changed)).toBe(JSON.stringify(changed) === JSON.stringify(signed));
        expect(holds({ ...signed, extra: other } as Signed)).toBe(false);
        expect(holds({ ...signed, proof: { ...signed.proof, extra: other } } as Signed)).toBe(false);
      }),
      { numRuns: 40 },
    );
  });

  it('makes signatures of which no bit can be changed', async () => {
    const signed = await sign(decision);
    const bytes = Buffer.from(signed.proof.signature, 'base64');
    for (let bit = 0; bit < bytes.length * 8; bit += 7) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(holds({ ...signed, proof: { ...signed.proof, signature: changed.toString('base64') } })).toBe(false);
    }
  });

  it.each(['', 'no base64 !', 'AAAA', Buffer.alloc(64).toString('base64'), Buffer.alloc(65).toString('base64')])(
    'does not take %j for a signature',
    async (signature) => {
      const signed = await sign(decision);

      expect(holds({ ...signed, proof: { ...signed.proof, signature } })).toBe(false);
    },
  );

  it('takes no key that everything would fit', () => {
    const nothing = Buffer.alloc(32).toString('base64');

    expect(signatureHolds('text', Buffer.alloc(64).toString('base64'), nothing)).toBe(false);
  });

  it('is made of an Ed25519 key alone, and says so without showing what it was given', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

    expect(() => createDecisionSigner({ privateKey })).toThrow(
      'the key is of type ec; decisions are signed with Ed25519',
    );
    expect(() => createDecisionSigner({ privateKey: 'hunter2' })).toThrow(
      /^the signing key cannot be read: [^2]*PKCS #8/,
    );
  });
});

describe('a signing key in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'f0-keys-'));
  const file = join(folder, 'sub', 'key.pem');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is for its owner alone, and never written over', () => {
    const made = createSigningKey(file);
    const text = readFileSync(file, 'utf8');

    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(createPrivateKey(text).asymmetricKeyType).toBe('ed25519');
    expect(readSigningKey(file)).toMatchObject({ keyId: made.keyId, publicKey: made.publicKey });
    expect(readSigningKey(file, 'ops')).toMatchObject({ keyId: 'ops' });
    expect(() => createSigningKey(file)).toThrow('is there already');
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('is not read when others may read it too, or when it is not there', () => {
    chmodSync(file, 0o644);

    expect(() => readSigningKey(file)).toThrow('is open to others (mode 644). Run: chmod 600');
    expect(() => readSigningKey(join(folder, 'none.pem'))).toThrow('there is no such file; f0 keys create makes one');
    expect(existsSync(join(folder, 'none.pem'))).toBe(false);
  });
});

function leavesOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

function withChange(value: unknown, [key, ...rest]: readonly string[], change: string): unknown {
  if (key === undefined) return change;
  const copy: Record<string, unknown> = Array.isArray(value) ? ([...value] as never) : { ...(value as object) };
  copy[key] = withChange(copy[key], rest, change);
  return copy;
}
