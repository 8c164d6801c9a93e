import { failure } from '../contracts/errors';

// The packages that parse this format on npm are unmaintained or merge series into printed tables; it is small.

/** One line of a scrape. */
export interface PrometheusSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const quoted = '"(?:[^"\\\\]|\\\\.)*"';
/** name {labels} value [timestamp] [# exemplar], the last being OpenMetrics'. */
const samplePattern = new RegExp(
  `^([a-zA-Z_:][\\w:]*)\\s*(?:\\{((?:[^"}]|${quoted})*)\\})?\\s+(\\S+)(?:\\s+-?[\\d.]+)?\\s*(?:#.*)?$`,
);
const labelPattern = new RegExp(`\\s*([a-zA-Z_]\\w*)\\s*=\\s*(${quoted})\\s*(?:,\\s*|$)`, 'y');

/**
 * Parses the Prometheus text exposition format, version 0.0.4, and the lines of OpenMetrics that look the same.
 *
 * @throws InvalidInput naming the line: a scrape counts whole or not at all, as in Prometheus itself.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function parsePrometheusText(text: string): PrometheusSample[] {
  const samples: PrometheusSample[] = [];
  let number = 0;
  for (const raw of text.split('\n')) {
    number += 1;
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    samples.push(parseSample(line, number));
  }
  return samples;
}

function parseSample(line: string, number: number): PrometheusSample {
  const match = samplePattern.exec(line);
  const [, name, labels, printed] = match ?? [];
  const value = printed === undefined ? undefined : parseValue(printed);
  if (name === undefined || value === undefined) throw invalid(line, number, 'expected `name{label="value"} number`');
  return { name, labels: labels ? parseLabels(labels, line, number) : {}, value };
}

function parseLabels(text: string, line: string, number: number): Record<string, string> {
  const labels: Record<string, string> = {};
  labelPattern.lastIndex = 0;
  while (labelPattern.lastIndex < text.length) {
    const [, name, value] = labelPattern.exec(text) ?? [];
    if (name === undefined || value === undefined) throw invalid(line, number, 'expected labels as `name="value"`');
    labels[name] = unescapeLabel(value.slice(1, -1));
  }
  return labels;
}

function unescapeLabel(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
}

/** As Go's ParseFloat reads it, as far as scrapes use it; undefined: not a number at all. */
function parseValue(text: string): number | undefined {
  const special = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (special) return special[1] === '-' ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}

function invalid(line: string, number: number, expected: string) {
  return failure(
    'InvalidInput',
    `line ${number} of the metrics is not in Prometheus text format: ${expected}, found ${JSON.stringify(line.slice(0, 120))}`,
  );
}
