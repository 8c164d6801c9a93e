/** JSON Lines: one value a line, streamed, so that a long trail needs no memory. */
export async function* jsonLines(values: AsyncIterable<unknown>): AsyncGenerator<string, void, void> {
  for await (const value of values) yield `${JSON.stringify(value)}\n`;
}
