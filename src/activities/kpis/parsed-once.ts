/**
 * What stored texts mean, each text parsed once: they are looked at twice a minute, and change twice a year. Whatever is
 * not among the texts of a look any more is forgotten.
 */
export class ParsedOnce<Value extends object> {
  #known: ReadonlyMap<string, Value> = new Map();

  constructor(private readonly parse: (text: string) => Value) {}

  all(texts: readonly string[]): readonly Value[] {
    const values = texts.map((text) => {
      const known = this.#known.get(text);
      return [text, known ?? this.parse(text)] as const;
    });
    this.#known = new Map(values);
    return values.map(([, value]) => value);
  }
}
