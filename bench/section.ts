import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Puts what `npm run <owner>` has measured into its own part of the file; the parts of others stay as they are. */
export function writeSection(file: string, owner: string, text: string): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '# Performance\n';
  writeFileSync(file, withSection(before, owner, text));
}

export function withSection(document: string, owner: string, text: string): string {
  const [start, end] = [`<!-- begin npm run ${owner} -->`, `<!-- end npm run ${owner} -->`];
  const section = `${start}\n\n${text.trim()}\n\n${end}\n`;
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from < 0 || to < from) return `${document.trimEnd()}\n\n${section}`;
  return `${document.slice(0, from)}${section}${document.slice(to + end.length).replace(/^\n/, '')}`;
}
