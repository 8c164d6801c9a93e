import type { Condition, Unit } from './condition';
import { parseDuration, printDuration } from './duration';
import { nearestName } from './nearest-name';

/** One base unit is this much in the metric's own unit: a ratio, seconds, bytes, requests a second. */
const factors: Readonly<Record<Unit, number>> = {
  '%': 0.01,
  ms: 0.001,
  s: 1,
  m: 60,
  rps: 1,
  B: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};
export const units = Object.keys(factors) as readonly Unit[];
export const operators = ['>=', '<=', '==', '!=', '>', '<'] as const;

/** What people write in other languages, or by a slip. */
const slips: Readonly<Record<string, string>> = {
  '>>': '>',
  '<<': '<',
  '=': '==',
  '===': '==',
  '=>': '>=',
  '=<': '<=',
  '<>': '!=',
  '!==': '!=',
};

/** What a condition looks like, for error messages. */
export const conditionForm = 'METRIC OP NUMBER[UNIT] [for DURATION] [over WINDOW], for example "error_rate > 2%"';

const amountForm = '[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?';
const clausesForm = '(?:\\s+(?:for|over)\\s+\\S+)*';

/** As a regular expression, for the JSON Schema: durations in it are left to the parser. */
export const conditionPattern = `^\\s*[A-Za-z_][\\w.:]*\\s*(?:${operators.join('|')})\\s*${amountForm}\\s*(?:${units.join('|')})?${clausesForm}\\s*$`;

const maxLength = 200;

export type ConditionResult =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly message: string; readonly suggestion: string | null };

/** Takes any sign for an operator and any word for a unit, so that the parser can name the one that is wrong. */
const form = new RegExp(
  `^\\s*([A-Za-z_][\\w.:]*)\\s*([^\\w\\s.+-]+)\\s*(${amountForm})\\s*([A-Za-z%]*)(${clausesForm})\\s*$`,
);

/** Parses `METRIC OP NUMBER[UNIT] [for DURATION] [over WINDOW]`; never throws. */
export function parseCondition(text: string): ConditionResult {
  if (text.length > maxLength) return no(`a condition of ${text.length} letters is none`);
  const parts = form.exec(text);
  if (!parts) return no(`"${text}" is not a condition`);
  const [, metric = '', op = '', amount = '', unit = '', tail = ''] = parts;
  const operator = operators.find((known) => known === op);
  if (!operator)
    return no(
      `"${op}" is not an operator; operators are ${operators.join(' ')}`,
      slips[op] ?? nearestName(op, operators),
    );
  const known = unit === '' ? null : units.find((candidate) => candidate === unit);
  if (known === undefined) return no(`"${unit}" is not a unit; units are ${units.join(' ')}`, nearestName(unit, units));
  const value = scale(Number(amount), known);
  if (!Number.isFinite(value)) return no(`${amount} is no number that can be reached`);
  const clauses = readClauses(tail);
  if ('message' in clauses) return no(clauses.message);
  return {
    ok: true,
    condition: {
      metric: metric === 'latency' ? 'latency_p95' : metric,
      op: operator,
      value,
      unit: known,
      forSeconds: clauses.for ?? null,
      overSeconds: clauses.over ?? null,
    },
  };
}

/** The canonical text; parsing it gives the same condition again. */
export function printCondition({ metric, op, value, unit, forSeconds, overSeconds }: Condition): string {
  const number = unit ? printAmount(value, unit) : String(value);
  const held = forSeconds === null ? '' : ` for ${printDuration(forSeconds)}`;
  const window = overSeconds === null ? '' : ` over ${printDuration(overSeconds)}`;
  return `${metric} ${op} ${number}${unit ?? ''}${held}${window}`;
}

interface Clauses {
  for?: number;
  over?: number;
}

function readClauses(tail: string): Clauses | { readonly message: string } {
  const clauses: Clauses = {};
  for (const [, word = '', text = ''] of tail.matchAll(/(for|over)\s+(\S+)/g)) {
    const key = word as keyof Clauses;
    const duration = parseDuration(text);
    if (duration === null || duration === 0) return { message: `"${text}" after "${word}" is not a duration` };
    if (clauses[key] !== undefined) return { message: `"${word}" is given twice` };
    clauses[key] = duration;
  }
  return clauses;
}

// Twelve digits: 2 % is 0.02 and not 0.020000000000000004. Printing has three more, so that what is printed is read as
// the same number. No minus zero.
function scale(amount: number, unit: Unit | null): number {
  return unit === null ? amount + 0 : Number((amount * factors[unit]).toPrecision(12)) + 0;
}

function printAmount(value: number, unit: Unit): string {
  return String(Number((value / factors[unit]).toPrecision(15)));
}

function no(message: string, suggestion: string | null = null): ConditionResult {
  return { ok: false, message, suggestion };
}
