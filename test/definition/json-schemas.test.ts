import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { parseAllDocuments } from 'yaml';
import { jsonSchemas, loadDocuments, parseCondition, parseDuration } from '../../src/definition';
import { conditionPattern } from '../../src/definition/condition-text';
import { durationPattern } from '../../src/definition/duration';

const examples = join(__dirname, '..', '..', 'examples');
const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, allowUnionTypes: true });
addFormats(ajv);
const validators = Object.fromEntries(
  Object.entries(jsonSchemas()).map(([kind, schema]) => [kind, ajv.compile(schema)]),
);

const read = (file: string) => readFileSync(join(examples, file), 'utf8');
const valuesOf = (file: string): { kind: string }[] =>
  parseAllDocuments(read(file)).map((document) => document.toJS() as { kind: string });

/** What an editor says of a file: places that the schema refuses, all documents together. */
function refused(file: string): string[] {
  return valuesOf(file).flatMap((value) => {
    const validate = validators[value.kind];
    if (!validate) return [`there is no schema for ${value.kind}`];
    return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath }) => instancePath);
  });
}

describe('the JSON Schema', () => {
  it('is there for every kind', () => {
    expect(Object.keys(validators)).toEqual(['ProductionWorkflow', 'ProductionPlatform', 'App']);
  });

  const good = [...readdirSync(examples).filter((file) => file.endsWith('.yaml')), 'shop/f0.app.yaml'];
  it.each(good)('accepts %s, and so do we', (file) => {
    expect(refused(file)).toEqual([]);
    expect(loadDocuments([{ file, text: read(file) }])).toMatchObject({ errors: [], warnings: [] });
  });

  const shapes = [
    {
      file: 'bad-app.yaml',
      places: ['/metadata/name', '/spec', '/spec/health', '/spec/tests', '/spec/synthetic_traffic/requests/0'],
    },
    { file: 'bad-condition.yaml', places: ['/spec/pipeline_stages/1/monitoring/rollback_triggers/0'] },
    { file: 'bad-duration.yaml', places: ['/spec/pipeline_stages/1/validation/duration'] },
    { file: 'bad-name.yaml', places: ['/spec/pipeline_stages/1/name'] },
    { file: 'bad-unit.yaml', places: ['/spec/pipeline_stages/1/monitoring/rollback_triggers/0'] },
    {
      file: 'null-values.yaml',
      places: [
        '/metadata',
        '/spec/environments/staging/cluster',
        '/spec/pipeline_stages/0/name',
        '/spec/pipeline_stages/1',
      ],
    },
    { file: 'second-document.yaml', places: ['/spec/clusters/staging-k8s', '/spec/clusters/staging-k8s/type'] },
    { file: 'unknown-api-version.yaml', places: ['/apiVersion'] },
  ];
  it.each(shapes)('refuses $file where we do', ({ file, places }) => {
    expect([...new Set(refused(`bad/${file}`))].sort()).toEqual([...places].sort());
  });

  it.each(['wrong-types.yaml', 'unknown-fields.yaml', 'bad-platform.yaml', 'bad-strategy.yaml', 'no-frame.yaml'])(
    'refuses %s',
    (file) => {
      expect(refused(`bad/${file}`)).not.toEqual([]);
    },
  );

  it('says what every kind is for, and describes the fields of a stage', () => {
    const { ProductionWorkflow } = jsonSchemas() as { ProductionWorkflow: { description: string } };

    expect(ProductionWorkflow.description).toContain('How a release travels');
    expect(JSON.stringify(ProductionWorkflow)).toContain('Left out: the stage before.');
  });
});

describe('the patterns of the JSON Schema', () => {
  it.each(['error_rate > 2%', ' latency<=1.5s for 1m over 5m ', 'a.b:c != -1e3', 'x == .5', 'cpu >= 5.'])(
    'take the condition %j, which the parser takes',
    (text) => {
      expect(parseCondition(text).ok).toBe(true);
      expect(text).toMatch(new RegExp(conditionPattern));
    },
  );

  it.each(['error_rate >> 2', 'error_rate > 2 percent', '> 2', 'error_rate', 'latency > 2s for', '', '2 < x'])(
    'refuse the condition %j, which the parser refuses',
    (text) => {
      expect(parseCondition(text).ok).toBe(false);
      expect(text).not.toMatch(new RegExp(conditionPattern));
    },
  );

  it.each([
    ['1h30m', true],
    ['0.5s', true],
    ['250ms', true],
    ['30 parsecs', false],
    ['', false],
    ['-1s', false],
    ['1h 30m', false],
  ])('agree with the parser on the duration %j', (text, isDuration) => {
    expect(parseDuration(text) !== null).toBe(isDuration);
    expect(new RegExp(durationPattern).test(text)).toBe(isDuration);
  });
});
