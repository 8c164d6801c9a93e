/** Masks secret values wherever text leaves us: logs, messages, stored output. */
export interface Redactor {
  redact(text: string): string;
  /** The same on bytes of any encoding; what is not masked stays byte for byte. */
  redactBytes(content: Uint8Array): Buffer;
  /** Length in bytes of the longest thing it looks for; text cut in the middle loses that much on each side of the cut. */
  readonly longestBytes: number;
}

const mask = '***';
/** Shorter values are words of any text: masking `1` would make every log unreadable. */
const minLength = 4;

/** Masks each value, its lines when it has several, and its usual encodings (base64, URL, JSON). */
export function createRedactor(values: readonly string[]): Redactor {
  // Longest first, so that a value that contains another is masked as a whole.
  const needles = [...new Set(values.flatMap(formsOf))]
    .map((form) => Buffer.from(form, 'utf8').toString('latin1'))
    .sort((a, b) => b.length - a.length);
  // Latin-1 has one character a byte: the search is exact for any encoding of the text around it.
  const redactLatin1 = (text: string): string => {
    let masked = text;
    for (const needle of needles) masked = masked.replaceAll(needle, mask);
    return masked;
  };
  return {
    redact: (text) =>
      Buffer.from(redactLatin1(Buffer.from(text, 'utf8').toString('latin1')), 'latin1').toString('utf8'),
    redactBytes: (content) => Buffer.from(redactLatin1(Buffer.from(content).toString('latin1')), 'latin1'),
    longestBytes: needles[0]?.length ?? 0,
  };
}

function formsOf(value: string): string[] {
  const lines = value.split(/\r?\n/);
  return [
    value,
    ...(lines.length > 1 ? lines : []),
    Buffer.from(value, 'utf8').toString('base64'),
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
  ].filter((form) => form.length >= minLength);
}
