import { type Diagnostic, type PathSegment, printPath } from '../diagnostic';
import type { ForeignObject } from './foreign-object';

/** Something of another tool's document that ours does not say, or says in another way. */
export interface Unsupported {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** In the document it stands in: `spec.strategy.canary.steps[2].experiment`. */
  readonly path: string;
  /** What is not taken over, and what happens instead. */
  readonly message: string;
  /** What a person can do about it. */
  readonly remedy: string;
}

/** Where something stands. */
export interface Place {
  readonly object: ForeignObject;
  readonly path: readonly PathSegment[];
}

/** Gathers what an import has to tell; the same thing about the same place is told once. */
export class ImportReport {
  private readonly faults: Diagnostic[] = [];
  private readonly losses: Unsupported[] = [];

  /** Nothing is imported while there are errors. */
  error({ object, path }: Place, message: string, expected: string, suggestion: string | null = null): void {
    const whole = [...object.base, ...path];
    this.faults.push(object.source.diagnostic({ path: whole, message, expected, suggestion }));
  }

  unsupported({ object, path }: Place, message: string, remedy: string): void {
    const { file, line, column } = object.source.diagnostic({ path: [...object.base, ...path], message, atKey: true });
    this.losses.push({ file, line, column, path: printPath([...object.base, ...path]), message, remedy });
  }

  add(diagnostics: readonly Diagnostic[]): void {
    this.faults.push(...diagnostics);
  }

  get failed(): boolean {
    return this.faults.length > 0;
  }

  errors(files: readonly string[]): readonly Diagnostic[] {
    return inOrder(this.faults, files);
  }

  /** In the order in which a person reads the files. */
  all(files: readonly string[]): readonly Unsupported[] {
    return inOrder(this.losses, files);
  }
}

function inOrder<Entry extends { file: string; line: number; column: number; message: string }>(
  entries: readonly Entry[],
  files: readonly string[],
): readonly Entry[] {
  const told = new Set<string>();
  return entries
    .filter(({ file, line, column, message }) => {
      const identity = JSON.stringify([file, line, column, message]);
      const isNew = !told.has(identity);
      told.add(identity);
      return isNew;
    })
    .sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column);
}
