/** A comparison of one number with a limit; `metric` stands in front when it becomes a condition. */
export interface Comparison {
  readonly op: '>' | '>=' | '<' | '<=' | '==' | '!=';
  readonly limit: string;
}

const number = '[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?';
const operator = '>=|<=|==|!=|>|<';
// The one value of an answer of Prometheus: a scalar, or the first of a vector.
const result = 'result(?:\\[0\\])?';
const forward = new RegExp(`^${result}\\s*(${operator})\\s*(${number})$`);
const backward = new RegExp(`^(${number})\\s*(${operator})\\s*${result}$`);

const mirrored = { '>': '<', '>=': '<=', '<': '>', '<=': '>=', '==': '==', '!=': '!=' } as const;
const opposite = { '>': '<=', '>=': '<', '<': '>=', '<=': '>', '==': '!=', '!=': '==' } as const;

/**
 * The comparisons that an expression of Argo Rollouts joins by this word (`&&`, `||`); null where it means anything
 * else besides: a condition that means something similar would be worse than none.
 */
export function comparisonsIn(expression: string, joint: '&&' | '||'): readonly Comparison[] | null {
  const parts = bare(expression).split(joint).map(bare).map(comparisonOf);
  return parts.every((part) => part !== null) ? parts : null;
}

export function negated({ op, limit }: Comparison): Comparison {
  return { op: opposite[op], limit };
}

export function conditionOf(metric: string, { op, limit }: Comparison): string {
  return `${metric} ${op} ${limit}`;
}

function comparisonOf(text: string): Comparison | null {
  const [, op, limit] = forward.exec(text) ?? [];
  if (op !== undefined && limit !== undefined) return { op: op as Comparison['op'], limit };
  const [, first, turned] = backward.exec(text) ?? [];
  if (first === undefined || turned === undefined) return null;
  return { op: mirrored[turned as Comparison['op']], limit: first };
}

/** Without the parentheses around the whole. */
function bare(text: string): string {
  const inner = /^\(([^()]*)\)$/.exec(text.trim())?.[1];
  return (inner ?? text).trim();
}
