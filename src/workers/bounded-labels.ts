/** Each value of a label is a series of its own, kept for as long as the process lives. */
const defaultLimit = 100;

/** Names that people give, as values of a label: the first hundred as they are, all others as `other`. */
export class BoundedLabels {
  readonly #known = new Set<string>();

  constructor(private readonly limit = defaultLimit) {}

  bounded(name: string): string {
    if (this.#known.size < this.limit) this.#known.add(name);
    return this.#known.has(name) ? name : 'other';
  }
}
