import type { PathSegment } from './diagnostic';
import type { MetricSourceSpec } from './schema/metric-source';
import type { Fault } from './source-map';

type Field = Exclude<keyof MetricSourceSpec, 'type' | 'queries'>;

interface Rules {
  /** What it cannot be asked without: what to say, and what to write. */
  readonly needs: Partial<Record<Field, readonly [message: string, expected: string]>>;
  readonly takes: readonly Field[];
}

const rules: Readonly<Record<MetricSourceSpec['type'], Rules>> = {
  builtin: { needs: {}, takes: [] },
  prometheus: { needs: { url: ['a prometheus source needs an address', 'url: http://...'] }, takes: ['secret'] },
  datadog: {
    needs: {
      secret: ['a datadog source needs an API key', 'secret: secret://env/DD_API_KEY'],
      application_secret: ['a datadog source needs an application key', 'application_secret: secret://env/DD_APP_KEY'],
    },
    takes: ['url', 'site', 'operation'],
  },
  new_relic: {
    needs: {
      account: ['a new_relic source needs an account', 'account: 1234567'],
      secret: ['a new_relic source needs a user key', 'secret: secret://env/NEW_RELIC_USER_KEY'],
    },
    takes: ['url', 'region'],
  },
};

const fields: readonly Field[] = ['url', 'secret', 'application_secret', 'site', 'operation', 'account', 'region'];

/** Clauses of NRQL that say the time or split the answer: the first is the analysis' to say, the second gives many figures. */
const ownClauses = /\b(SINCE|UNTIL|TIMESERIES|FACET|COMPARE\s+WITH)\b/i;

/** Fields that a type needs, fields that mean nothing to it, and queries that could never be asked. */
export function checkMetricSource(source: MetricSourceSpec, path: readonly PathSegment[]): Fault[] {
  const { type, queries } = source;
  const { needs, takes } = rules[type];
  const missing = Object.entries(needs)
    .filter(([field]) => source[field as Field] === undefined)
    .map(([, [message, expected]]) => ({ path, message, expected }));
  // The built-in source took any field before there were others, and documents with them must go on being read.
  const foreign = fields
    .filter((field) => type !== 'builtin' && source[field] !== undefined && !takes.includes(field) && !needs[field])
    .map((field) => ({
      path: [...path, field],
      message: `${field} means nothing to a source of type ${type}`,
      expected: `no ${field} here`,
    }));
  const unaskable = Object.entries(queries).flatMap(([metric, query]) => {
    const clause = type === 'new_relic' ? ownClauses.exec(query.replace(/'(\\.|[^'\\])*'/g, "''")) : null;
    if (clause === null) return [];
    const message = `a query of New Relic gives one figure of a time that the analysis chooses, and this one says ${clause[0]}`;
    return [
      {
        path: [...path, 'queries', metric],
        message,
        expected: "NRQL such as SELECT average(duration) FROM Metric WHERE service.version = '{{release}}'",
      },
    ];
  });
  return [...missing, ...foreign, ...unaskable];
}
