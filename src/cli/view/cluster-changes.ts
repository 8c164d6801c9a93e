import type { FieldChange, FieldValue, ObjectChange } from '../../contracts/cluster-changes';
import type { StagePreview } from '../../contracts/workflows';
import type { Colours } from '../context';

const marks = { created: '+', deleted: '-', changed: '~', unchanged: '=' } as const;

/** What would change in the clusters, as a diff; `note` says why there is none. */
export function changesText(stages: readonly StagePreview[], note: string | null, colours: Colours): string {
  if (note !== null) return colours.dim(`What would change in the clusters is not shown: ${note}.`);
  return stages.map((stage) => stageText(stage, colours)).join('\n\n');
}

function stageText({ stage, environment, cluster, preview, unavailable }: StagePreview, colours: Colours): string {
  const { bold, dim, yellow } = colours;
  const head = `${bold(stage)} would change in ${environment} ${dim(`(${cluster})`)}`;
  if (!preview) return `${head}: ${yellow(`not known: ${unavailable}`)}`;
  const remarks = preview.remarks.map((remark) => `  ${yellow('not looked at')}: ${remark}`);
  const changed = preview.objects.filter(({ change }) => change !== 'unchanged');
  const same = preview.objects.length - changed.length;
  const objects = changed.flatMap((object) => objectLines(object, colours));
  const rest =
    same > 0
      ? [dim(`  = ${same} object${same === 1 ? ' stays' : 's stay'} as ${same === 1 ? 'it is' : 'they are'}`)]
      : [];
  const nothing =
    preview.objects.length === 0 && remarks.length === 0 && preview.refused.length === 0 ? ['  nothing'] : [];
  return [head, ...objects, ...rest, ...remarks, ...nothing].join('\n');
}

function objectLines({ kind, name, change, comparedWith, fields, adoptedFrom }: ObjectChange, colours: Colours) {
  const { bold, dim, yellow } = colours;
  const beside = comparedWith === null ? '' : dim(` compared with ${comparedWith}`);
  const adopted = adoptedFrom.map(
    ({ manager, fields: owned }) =>
      `      ${yellow('taken over')} from ${manager}: ${owned.length} field${owned.length === 1 ? '' : 's'}`,
  );
  return [
    `  ${marks[change]} ${bold(`${kind} ${name}`)} ${change}${beside}`,
    ...adopted,
    ...fields.map((field) => `      ${fieldText(field, colours)}`),
  ];
}

function fieldText({ path, change, before, after }: FieldChange, { red, green, yellow }: Colours): string {
  if (change === 'added') return green(`+ ${path}: ${sayValue(after)}`);
  if (change === 'removed') return red(`- ${path}: ${sayValue(before)}`);
  return yellow(`~ ${path}: ${sayValue(before)} -> ${sayValue(after)}`);
}

/** On one line, and without quotes where none are needed to read it. */
export function sayValue(value: FieldValue): string {
  if (value === null) return 'none';
  return typeof value === 'string' && !/^\s|\s$|\n|^$/.test(value) ? value : JSON.stringify(value);
}
