import { parseAllDocuments, stringify } from 'yaml';
import { importDocuments } from '../../../src/definition';
import { canary, fixture, fixtures, imported, platform, rollout, told, workflows } from './support';

describe('an import', () => {
  it.each(fixtures)('of %s gives documents that hold', (file) => {
    const { text, documents } = imported(fixture(file));

    expect(parseAllDocuments(text).map((document) => document.toJS())).toEqual(documents);
  });

  it('makes one workflow of each Rollout, and one platform for all', () => {
    const result = imported(fixture('argo-workload-ref.yaml'), fixture('flagger-blue-green.yaml'));

    expect(workflows(result).map(({ metadata }) => metadata.name)).toEqual([
      'ferry-north',
      'ferry-south',
      'post-office',
      'kiosk',
    ]);
    expect(platform(result).spec.clusters).toEqual({
      production: { type: 'kubernetes' },
      'production-service': { type: 'kubernetes', router: 'service' },
      'production-nginx': { type: 'kubernetes', router: 'nginx' },
    });
  });

  it('takes apart what kubectl lists', () => {
    const objects = parseAllDocuments(fixture('argo-blue-green.yaml').text).map((document) => document.toJS());
    const list = stringify({ apiVersion: 'v1', kind: 'List', items: objects });

    const result = imported({ file: 'list.yaml', text: list });

    expect(result.documents).toEqual(imported(fixture('argo-blue-green.yaml')).documents);
    expect(told(result, 'items[0].spec.selector')).toHaveLength(1);
  });

  it('reads past what the cluster has written', () => {
    const { text } = fixture('argo-canary.yaml');
    const live = text.replace('  name: teahouse\n', '  name: teahouse\n  uid: 1f\n  generation: 4\n');

    const result = imported({ file: 'argo-canary.yaml', text: `${live}status: { phase: Healthy }\n` });

    expect(result.unsupported.map(({ path }) => path)).not.toContain('metadata.uid');
  });

  it('names the environment as it is told', () => {
    const { documents } = importDocuments([fixture('argo-canary.yaml')], { environment: 'staging' });

    expect(documents[0]).toMatchObject({ spec: { environments: { staging: { cluster: 'staging' } } } });
  });

  it('cuts a name that is longer than ours may be, and says so', () => {
    const long = 'a'.repeat(80);
    const { text } = rollout('canary: {}');

    const result = imported({ file: 'rollout.yaml', text: text.replace('shop', long) });

    expect(workflows(result)[0]?.metadata.name).toBe('a'.repeat(63));
    expect(told(result, 'metadata.name')).toEqual([expect.stringContaining('at most 63 letters')]);
  });

  it('gives a remedy and a place for everything that it tells', () => {
    const { unsupported } = imported(...fixtures.map(fixture));

    expect(unsupported.length).toBeGreaterThan(60);
    for (const entry of unsupported) {
      expect(entry).toMatchObject({
        line: expect.any(Number),
        message: expect.stringMatching(/\w/),
        remedy: expect.stringMatching(/\w/),
      });
      expect(fixtures).toContain(entry.file);
    }
  });
});

describe('no field is lost', () => {
  /** Who an object is, and defaults written out: leaving them out means the same. */
  const sameWithout = [
    /^apiVersion$/,
    /^metadata\.(namespace|uid)$/,
    /availabilityStrategy$/,
    /autoPromotionEnabled$/,
    /^spec\.analysis\.threshold$/,
    /^spec\.args\[\d+\]\.name$/,
    /templates\[\d+\]\.clusterScope$/,
    /origin\.(kind|name)$/,
  ];

  it.each(fixtures)('of %s: without it the outcome is another, or the report names it', (file) => {
    const { text } = fixture(file);
    const objects = parseAllDocuments(text).map((document) => document.toJS() as Record<string, unknown>);
    const whole = importDocuments([{ file, text }]);
    const outcome = outcomeOf(whole);
    const lost: string[] = [];
    for (const [index, object] of objects.entries()) {
      // The place of this very object: paths alone are the same in all objects of a file.
      const alone = whole.unsupported.filter(({ line }) => objectAt(text, line) === index).map(({ path }) => path);
      for (const path of leavesOf(object, [])) {
        const shown = printed(path);
        const isTold = alone.some((one) => one === 'kind' || isWithin(shown, one));
        if (isTold || sameWithout.some((pattern) => pattern.test(shown))) continue;
        const changed = objects.map((one, at) => (at === index ? without(one, path) : one));
        const other = importDocuments([{ file, text: changed.map((one) => stringify(one)).join('---\n') }]);
        if (outcomeOf(other) === outcome) lost.push(`${String(object.kind)} ${shown}`);
      }
    }

    expect(lost).toEqual([]);
  });

  it('of a field that nobody knows', () => {
    const { text } = canary('stepWeight: 50\nelevator: up');

    expect(told(imported({ file: 'canary.yaml', text }), 'spec.analysis.elevator')).toEqual([
      '"elevator" has no counterpart',
    ]);
  });

  type Path = readonly (string | number)[];

  /** Everything but lines, which any change moves. */
  function outcomeOf({ documents, unsupported, errors }: ReturnType<typeof importDocuments>): string {
    return JSON.stringify([
      documents,
      unsupported.map((one) => [one.path, one.message]),
      errors.map((one) => one.message),
    ]);
  }

  function leavesOf(value: unknown, path: Path): readonly Path[] {
    if (Array.isArray(value)) return value.flatMap((inner, index) => leavesOf(inner, [...path, index]));
    if (typeof value !== 'object' || value === null) return typeof path.at(-1) === 'number' ? [] : [path];
    const entries = Object.entries(value);
    return entries.length === 0 ? [] : entries.flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
  }

  function printed(path: Path): string {
    return path.map((one, index) => (typeof one === 'number' ? `[${one}]` : index === 0 ? one : `.${one}`)).join('');
  }

  function isWithin(path: string, around: string): boolean {
    return path === around || path.startsWith(`${around}.`) || path.startsWith(`${around}[`);
  }

  function without(object: unknown, [first, ...rest]: Path): unknown {
    if (first === undefined) return undefined;
    const copy: Record<string | number, unknown> = Array.isArray(object)
      ? ([...object] as never)
      : { ...(object as Record<string, unknown>) };
    if (rest.length === 0) delete copy[first];
    else copy[first] = without(copy[first], rest);
    return copy;
  }

  /** Which document of the text has this line. */
  function objectAt(text: string, line: number): number {
    return text
      .split('\n')
      .slice(0, line)
      .filter((one) => one === '---').length;
  }
});

describe('an import that cannot be', () => {
  const table: readonly [what: string, text: string, error: object][] = [
    ['an empty file', '', { message: 'the file is empty', expected: 'at least one document' }],
    ['broken YAML', 'kind: Rollout\n  spec: {', { line: expect.any(Number), message: expect.any(String) }],
    ['a list of numbers', '[1, 2]', { message: 'this is no Kubernetes object' }],
    ['an object without a kind', 'apiVersion: v1', { path: 'kind', message: 'kind is missing' }],
    [
      'another kind alone',
      'apiVersion: v1\nkind: Service\nmetadata: { name: shop }',
      {
        line: 2,
        path: 'kind',
        message: expect.stringContaining('Service'),
        expected: expect.stringContaining('Rollout'),
      },
    ],
    [
      'a kind of the same name from elsewhere',
      'apiVersion: other.example.com/v1\nkind: Canary\nmetadata: { name: shop }',
      { path: 'kind', message: expect.stringContaining('other.example.com') },
    ],
    ['a Rollout without a strategy', rollout('{}').text, { path: 'spec.strategy', expected: 'canary or blueGreen' }],
    [
      'a field of a wrong type',
      rollout('canary:\n  steps:\n    - setWeight: many').text,
      { line: 8, path: 'spec.strategy.canary.steps[0].setWeight', expected: 'a number' },
    ],
    [
      'a template that no file holds',
      rollout('canary:\n  steps:\n    - analysis: { templates: [{ templateName: success }] }').text,
      {
        path: 'spec.strategy.canary.steps[0].analysis.templates[0]',
        message: 'the files hold no AnalysisTemplate "success"',
        expected: expect.stringContaining('f0 import'),
      },
    ],
    [
      'a metric template that no file holds',
      canary('stepWeight: 50\nmetrics: [{ name: x, templateRef: { name: gone }, thresholdRange: { max: 1 } }]').text,
      { path: 'spec.analysis.metrics[0].templateRef.name', message: 'the files hold no MetricTemplate "gone"' },
    ],
    [
      'a Canary whose traffic never moves',
      canary('interval: 1m').text,
      { message: 'nothing says how the traffic moves' },
    ],
    [
      'two Rollouts of one name',
      `${rollout('canary: {}').text}---\n${rollout('canary: {}').text}`,
      { line: 10, path: 'metadata.name', message: 'the Rollout "shop" is there already' },
    ],
  ];
  it.each(table)('%s', (_, text, error) => {
    const { documents, errors, text: written } = importDocuments([{ file: 'bad.yaml', text }]);

    expect([documents, written]).toEqual([[], '']);
    expect(errors).toContainEqual(expect.objectContaining(error));
  });

  it('tells of all faults at once, with the nearest name', () => {
    const known = 'apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: { name: success }\nspec: {}\n';
    const first = rollout('canary:\n  steps:\n    - setWeight: many');
    const { text } = rollout('canary:\n  steps:\n    - analysis: { templates: [{ templateName: succes }] }', known);

    const { errors } = importDocuments([
      first,
      { file: 'other.yaml', text: text.replace('name: shop', 'name: other') },
    ]);

    expect(errors.map(({ file, suggestion }) => [file, suggestion])).toEqual([
      ['rollout.yaml', null],
      ['other.yaml', 'success'],
    ]);
  });
});
