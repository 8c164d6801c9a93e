/** One fault of a document, with all that is needed to mend it. Lines and columns count from 1. */
export interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** `spec.pipeline_stages[2].requires[0]`; empty for the document as a whole. */
  readonly path: string;
  /** What was found, and why it cannot be. */
  readonly message: string;
  readonly expected: string | null;
  /** The nearest valid name. */
  readonly suggestion: string | null;
}

export type PathSegment = string | number;

export function printPath(path: readonly PathSegment[]): string {
  return path
    .map((segment, index) => (typeof segment === 'number' ? `[${segment}]` : index === 0 ? segment : `.${segment}`))
    .join('');
}

/** In the order in which a person reads the files; what several documents or aliases share is told once. */
export function byPosition(diagnostics: readonly Diagnostic[], files: readonly string[]): readonly Diagnostic[] {
  const told = new Set<string>();
  return [...diagnostics]
    .sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column)
    .filter(({ file, line, column, message }) => {
      const fault = JSON.stringify([file, line, column, message]);
      const isNew = !told.has(fault);
      told.add(fault);
      return isNew;
    });
}
