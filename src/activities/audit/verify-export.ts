import { z } from 'zod';
import { canonicalText, type Link } from './chain';
import type { AuditHead, AuditVerification } from './port';
import { verifyChain } from './verify-chain';

const rowSchema = z.object({
  sequence: z.int().positive(),
  previousHash: z.string(),
  hash: z.string(),
  entry: z.record(z.string(), z.unknown()),
});
const headSchema = z.object({ head: z.object({ count: z.int().nonnegative(), lastHash: z.string() }) });
const lineSchema = z.union([rowSchema, headSchema]);

/**
 * Checks an export without a database.
 *
 * @param lines JSON Lines, each with or without its line end
 */
export async function verifyExport(lines: AsyncIterable<string> | Iterable<string>): Promise<AuditVerification> {
  const links: Link[] = [];
  let head: AuditHead['head'] | null = null;
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '') continue;
    const parsed = lineSchema.safeParse(jsonOf(line));
    if (!parsed.success) return unreadable(links, number);
    if ('head' in parsed.data) {
      head = parsed.data.head;
      continue;
    }
    const { sequence, previousHash, hash, entry } = parsed.data;
    links.push({ sequence, previousHash, hash, text: canonicalText(entry as never) });
  }
  return verifyChain(links, head);
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** What lies before the line that is none counts; the line itself was changed. */
async function unreadable(before: readonly Link[], number: number): Promise<AuditVerification> {
  const last = before.at(-1);
  const verified = await verifyChain(before, last ? { count: before.length, lastHash: last.hash } : null);
  if (verified.problem && last) return verified;
  const message = `line ${number} is not a row of an audit export`;
  return { ...verified, valid: false, problem: { sequence: before.length + 1, kind: 'changed', message } };
}
