import type { FieldDrift, FieldWriter, ObjectDrift } from '../../contracts/cluster-changes';
import type { DriftResult, ReleaseDrift } from '../../contracts/workflows';
import type { Colours } from '../context';
import { sayValue } from './cluster-changes';
import { sayInstant } from './time';

/** What differs in an environment, field by field, with who has changed it. */
export function driftText({ environment, releases }: DriftResult, colours: Colours): string {
  return releases.map((release) => releaseText(environment, release, colours)).join('\n\n');
}

function releaseText(environment: string, drift: ReleaseDrift, colours: Colours): string {
  const { bold, dim, green, yellow } = colours;
  const { app, release, cluster, report, unavailable } = drift;
  const head = `${bold(`${app} ${release}`)} in ${environment}${cluster === null ? '' : dim(` (${cluster})`)}`;
  if (!report) return `${head}: ${yellow(`not known: ${unavailable}`)}`;
  const remarks = report.remarks.map((remark) => `  ${dim(remark)}`);
  if (report.objects.length === 0) return [`${head}: ${green('as it was deployed')}`, ...remarks].join('\n');
  const objects = report.objects.flatMap((object) => objectLines(object, release, colours));
  return [head, ...objects, ...remarks].join('\n');
}

function objectLines(object: ObjectDrift, serving: string, { bold, green, red }: Colours): readonly string[] {
  const { kind, name, state, release, fields, healed } = object;
  const of = release === serving ? '' : ` (${release})`;
  const what = state === 'missing' ? red('was deleted') : '';
  const title = [bold(`${kind} ${name}`) + of, what, healed ? green('healed') : ''].filter((word) => word !== '');
  return [`  ${title.join(' ')}`, ...fields.map((field) => `      ${fieldText(field)}`)];
}

function fieldText({ path, expected, found, by, owned, healed }: FieldDrift): string {
  const values =
    owned || expected !== null ? `is ${sayValue(found)}, not ${sayValue(expected)}` : `is ${sayValue(found)}`;
  const fate = healed ? '; healed' : owned ? '' : '; not ours to take away';
  return `${path} ${values}${writerText(by)}${fate}`;
}

function writerText(by: FieldWriter | null): string {
  if (!by) return '; nobody can be named';
  const how = by.subresource === null ? '' : ` (${by.subresource})`;
  return `; by ${by.manager}${how}${by.at === null ? '' : ` at ${sayInstant(by.at)}`}`;
}
