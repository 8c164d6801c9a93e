import { genesisHash } from '../../database';
import { hashOf, type Link } from './chain';
import type { AuditHead, AuditProblem, AuditVerification } from './port';

/**
 * Follows the chain from its first link to its head, and names the first link that is not what was written.
 *
 * @param links in the order in which they lie there
 * @param head null: there is none, which itself is a sign of rows cut off
 */
export async function verifyChain(
  links: AsyncIterable<Link> | Iterable<Link>,
  head: AuditHead['head'] | null,
): Promise<AuditVerification> {
  let rows = 0;
  let lastHash = genesisHash;
  let broken: Link | null = null;
  let foundLater = false;
  for await (const link of links) {
    if (broken !== null) {
      // Only to tell a row that is gone from one that lies somewhere else.
      if (link.sequence === rows + 1) foundLater = true;
      continue;
    }
    if (link.sequence !== rows + 1 || problemOf(link, lastHash, head) !== null) {
      broken = link;
      continue;
    }
    rows += 1;
    lastHash = link.hash;
  }
  const problem =
    broken === null ? problemAtEnd(rows, lastHash, head) : explain(broken, rows, lastHash, foundLater, head);
  return {
    valid: problem === null,
    rows: problem === null ? rows : Math.min(rows, problem.sequence - 1),
    lastHash,
    problem,
  };
}

function explain(
  link: Link,
  rows: number,
  lastHash: string,
  foundLater: boolean,
  head: AuditHead['head'] | null,
): AuditProblem | null {
  const expected = rows + 1;
  if (link.sequence === expected) return problemOf(link, lastHash, head);
  if (link.sequence < expected || foundLater) {
    return problem(expected, 'reordered', `row ${link.sequence} lies where row ${expected} belongs`);
  }
  const upTo = link.sequence - 1 > expected ? ` to ${link.sequence - 1}` : '';
  return problem(expected, 'removed', `row ${expected}${upTo} is missing: row ${link.sequence} follows row ${rows}`);
}

/** What is wrong with a link that lies in its place. */
function problemOf(link: Link, lastHash: string, head: AuditHead['head'] | null): AuditProblem | null {
  const { sequence } = link;
  if (head !== null && sequence > head.count) {
    return problem(
      sequence,
      'added',
      `row ${sequence} was added past the end: the log has ${head.count} rows by its head`,
    );
  }
  if (hashOf(link.previousHash, link.text, sequence) !== link.hash) {
    const written = originalSequence(link, head?.count ?? sequence);
    return written === null
      ? problem(sequence, 'changed', `row ${sequence} was changed: its content does not give its hash`)
      : problem(sequence, 'reordered', `row ${sequence} holds what was written as row ${written}`);
  }
  if (link.previousHash === lastHash) return null;
  return sequence === 1
    ? problem(1, 'changed', 'row 1 does not begin a chain: it was changed and hashed anew')
    : problem(
        sequence - 1,
        'changed',
        `row ${sequence - 1} is not the one that row ${sequence} was chained to: it was changed and hashed anew`,
      );
}

function problemAtEnd(rows: number, lastHash: string, head: AuditHead['head'] | null): AuditProblem | null {
  if (head === null)
    return problem(rows + 1, 'truncated', `the head is missing: rows after row ${rows} may have been cut off`);
  if (rows < head.count) {
    return problem(rows + 1, 'truncated', `rows ${rows + 1} to ${head.count} are missing at the end of the log`);
  }
  if (lastHash === head.lastHash) return null;
  return problem(
    Math.max(rows, 1),
    'changed',
    `row ${rows} is not the one that the head names: it was changed and hashed anew`,
  );
}

/** The sequence number with which the link's own hash is right: swapped rows keep their content and hashes. */
function originalSequence({ previousHash, text, hash }: Link, count: number): number | null {
  for (let sequence = 1; sequence <= count; sequence += 1) {
    if (hashOf(previousHash, text, sequence) === hash) return sequence;
  }
  return null;
}

function problem(sequence: number, kind: AuditProblem['kind'], message: string): AuditProblem {
  return { sequence, kind, message };
}
