import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv from 'ajv/dist/2020';
import { parse } from 'yaml';
import { chart, describeWith, root } from './tools';

function check(script: string): { readonly status: number | null; readonly stderr: string } {
  return spawnSync(process.execPath, [join(root, 'scripts', script), '--check'], { encoding: 'utf8' });
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly description?: string;
}

const schema = JSON.parse(readFileSync(join(chart, 'values.schema.json'), 'utf8')) as Schema;
const values = parse(readFileSync(join(chart, 'values.yaml'), 'utf8')) as Record<string, unknown>;

describe('the values of the chart', () => {
  it('are described, each of them', () => {
    const undescribed = (node: Schema, path: string): string[] => {
      const nested = Object.entries(node.properties ?? {}).map(([name, field]) => [`${path}.${name}`, field] as const);
      const maps =
        typeof node.additionalProperties === 'object' ? [[`${path}.NAME`, node.additionalProperties] as const] : [];
      const own = path !== '' && !path.endsWith('.NAME') && !path.endsWith('[]') && !node.description ? [path] : [];
      const items = node.items ? undescribed(node.items, `${path}[]`) : [];
      return [...own, ...items, ...[...nested, ...maps].flatMap(([inner, field]) => undescribed(field, inner))];
    };
    expect(undescribed(schema, '')).toEqual([]);
  });

  it('have a default where the schema names them, and satisfy it', () => {
    const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);
    const named = Object.keys(schema.properties ?? {}).filter((name) => name !== 'global');

    expect(validate(values) ? [] : validate.errors).toEqual([]);
    expect(Object.keys(values).sort()).toEqual(named.sort());
  });

  it('are documented as the schema has them', () => {
    expect(check('generate-helm-reference.mjs')).toMatchObject({ status: 0, stderr: '' });
  });
});

describeWith('helm', 'the plain manifests', () => {
  it('are what the chart makes of their values', () => {
    expect(check('generate-manifests.mjs')).toMatchObject({ status: 0, stderr: '' });
  });
});
