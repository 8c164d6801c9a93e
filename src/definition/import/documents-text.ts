import { Document } from 'yaml';
import type { Source } from '../read-text';

/** One file of YAML with all documents; its head says where they come from. */
export function documentsText(documents: readonly unknown[], files: readonly Source[]): string {
  const names = files.map(({ file }) => file.replace(/\s+/g, ' ')).join(', ');
  const head = [
    `# Imported by f0 import from ${names}`,
    '# Fields that have no counterpart were listed then. Each release is built and deployed by digest: say how in f0.app.yaml.',
  ];
  const texts = documents.map((document) =>
    new Document(document, { aliasDuplicateObjects: false }).toString({ lineWidth: 0 }),
  );
  return `${head.join('\n')}\n${texts.join('---\n')}`;
}
