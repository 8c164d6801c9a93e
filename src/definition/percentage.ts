/** What a percentage looks like, for error messages. */
export const percentageForm = 'a percentage such as 99.9%';

export const percentagePattern = '^\\d+(?:\\.\\d+)?\\s*%$';

/** 0.999 of `99.9%`; null when the text is none, or more than all. */
export function parsePercentage(text: string): number | null {
  if (!new RegExp(percentagePattern).test(text)) return null;
  const percent = Number.parseFloat(text);
  // Hundredths of a percent have no exact binary form: 99.9 / 100 is not 0.999.
  return percent <= 100 ? Number((percent / 100).toPrecision(12)) : null;
}
