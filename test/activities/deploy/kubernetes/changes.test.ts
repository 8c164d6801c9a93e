import { adoption } from '../../../../src/activities/deploy/kubernetes/changes/adoption';
import { diff, leaves } from '../../../../src/activities/deploy/kubernetes/changes/diff';
import { fieldDrift, foreignFields } from '../../../../src/activities/deploy/kubernetes/changes/field-drift';
import { Owners } from '../../../../src/activities/deploy/kubernetes/changes/owners';
import { ownedFields } from '../../../../src/activities/deploy/kubernetes/changes/paths';
import { readable, withoutSecrets } from '../../../../src/activities/deploy/kubernetes/changes/readable';

const byName = new Map([['spec.containers', ['name']]]);

/** As the server keeps it: whose fields, and since when. */
function managed(manager: string, fieldsV1: object, time = '2026-01-01T00:00:00Z', subresource?: string) {
  return { manager, operation: 'Update', apiVersion: 'apps/v1', fieldsType: 'FieldsV1', fieldsV1, subresource, time };
}

const image = { 'f:spec': { 'f:containers': { 'k:{"name":"shop"}': { '.': {}, 'f:image': {} } } } };
const replicas = { 'f:spec': { 'f:replicas': {} } };

function deployment(spec: object, managedFields: readonly object[], annotations = {}) {
  const metadata = { name: 'shop', resourceVersion: '7', annotations, managedFields } as object;
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec, status: { replicas: 1 } };
}

describe('a diff', () => {
  it.each([
    ['a value', { a: 1 }, { a: 2 }, [{ path: 'a', change: 'changed', before: 1, after: 2 }]],
    ['another type', { a: 1 }, { a: { b: 1 } }, [{ path: 'a', change: 'changed', before: 1, after: { b: 1 } }]],
    [
      'what came, by its parts',
      {},
      { a: { b: 1, c: {} } },
      [
        { path: 'a.b', change: 'added', before: null, after: 1 },
        { path: 'a.c', change: 'added', before: null, after: {} },
      ],
    ],
    [
      'what went, by its parts',
      { a: { b: { c: 'x' } } },
      {},
      [{ path: 'a.b.c', change: 'removed', before: 'x', after: null }],
    ],
    [
      'names that are no words',
      { 'a.b/c': 1 },
      { 'a.b/c': 2 },
      [{ path: '[a.b/c]', change: 'changed', before: 1, after: 2 }],
    ],
    [
      'a list as one value',
      { a: [1, 2] },
      { a: [2, 1] },
      [{ path: 'a', change: 'changed', before: [1, 2], after: [2, 1] }],
    ],
    ['nothing', { a: [{ b: 1 }] }, { a: [{ b: 1 }] }, []],
  ])('tells %s', (_name, before, after, expected) => {
    expect(diff(before, after, new Map())).toEqual(expected);
  });

  it('finds elements of a list by their key, wherever they stand', () => {
    const before = {
      spec: {
        containers: [
          { name: 'a', image: '1' },
          { name: 'b', image: '1' },
        ],
      },
    };
    const after = {
      spec: {
        containers: [
          { name: 'b', image: '2' },
          { name: 'a', image: '1' },
        ],
      },
    };

    expect(diff(before, after, byName)).toEqual([
      { path: 'spec.containers[b].image', change: 'changed', before: '1', after: '2' },
    ]);
  });

  it('cuts long texts', () => {
    const [change] = diff({}, { data: 'x'.repeat(1000) }, new Map());

    expect(change?.after).toMatch(/^x{400}… \(1000 characters\)$/);
  });

  it('is in the order of the paths, and leaves are every field', () => {
    const object = { b: 1, a: { d: 2, c: 3 } };

    expect([...leaves(object, new Map())]).toEqual([
      ['a.c', 3],
      ['a.d', 2],
      ['b', 1],
    ]);
  });
});

describe('who owns what', () => {
  it('is read from managedFields, with the keys of lists', () => {
    const fields = {
      'f:metadata': { 'f:labels': { '.': {}, 'f:a.b/c': {} }, 'f:finalizers': { 'v:"x"': {} } },
      'f:spec': { 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:port': {} } }, 'f:selector': {} },
    };

    const { paths, listKeys } = ownedFields(fields);

    expect(paths).toEqual([
      'metadata.labels[a.b/c]',
      'metadata.finalizers',
      'spec.ports[port=80,protocol=TCP].port',
      'spec.selector',
    ]);
    expect([...listKeys]).toEqual([['spec.ports', ['port', 'protocol']]]);
  });

  it('is the last one first, without controllers and status', () => {
    const { metadata } = deployment({}, [
      managed('kube-controller-manager', replicas),
      managed('kubelet', { 'f:status': {} }, '2026-01-03T00:00:00Z', 'status'),
      managed('framework0', replicas),
      managed('kubectl', replicas, '2026-01-02T00:00:00Z', 'scale'),
    ]);

    const owners = new Owners(metadata);

    expect(owners.of('spec.replicas').map(({ manager, isOurs }) => [manager, isOurs])).toEqual([
      ['kubectl', false],
      ['framework0', true],
    ]);
    expect(owners.of('spec.replicasets')).toEqual([]);
  });

  it('does not count as foreign what was so when we took it over', () => {
    const before = deployment({}, [managed('helm', image)]);
    const annotations = { 'framework0.io/adopted-from': new Owners(before.metadata).others };
    const untouched = deployment({}, [managed('helm', image), managed('framework0', image)], annotations);
    const again = deployment({}, [managed('helm', image, '2026-01-05T00:00:00Z'), managed('eve', image)], annotations);

    expect(new Owners(untouched.metadata).foreign).toEqual([]);
    expect(new Owners(again.metadata).foreign.map(({ manager }) => manager)).toEqual(['helm', 'eve']);
  });

  it('is told of what is taken over, and of nothing else', () => {
    const before = deployment({}, [managed('helm', { ...image, 'f:metadata': { 'f:labels': { 'f:team': {} } } })]);
    const after = deployment({}, [managed('helm', {}), managed('framework0', { ...image, ...replicas })]);

    expect(adoption(before, after).from).toEqual([]);
    const owning = deployment({}, [managed('framework0', image)]);
    expect(adoption(before, owning)).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'shop',
      from: [{ manager: 'helm', fields: ['spec.containers[shop].image'] }],
    });
  });
});

describe('the drift of an object', () => {
  const container = (value: string) => ({ containers: [{ name: 'shop', image: value }] });

  it('names who has changed a field of ours', () => {
    const live = deployment(container('b'), [managed('framework0', replicas), managed('eve', image)]);

    expect(fieldDrift(live, deployment(container('a'), [managed('framework0', image)]))).toEqual([
      {
        path: 'spec.containers[shop].image',
        expected: 'a',
        found: 'b',
        by: { manager: 'eve', subresource: null, at: '2026-01-01T00:00:00.000Z' },
        owned: true,
      },
    ]);
  });

  it('is not what we have written ourselves since', () => {
    const live = deployment({ replicas: 1 }, [managed('framework0', replicas)]);

    expect(fieldDrift(live, deployment({ replicas: 3 }, [managed('framework0', replicas)]))).toEqual([]);
  });

  it('of a field that was taken away names who wrote last, or nobody', () => {
    const gone = (...others: readonly object[]) => deployment({}, [managed('framework0', image), ...others]);
    const expected = deployment({ paused: false }, []);

    const [named] = fieldDrift(gone(managed('eve', {})), expected);
    const [unknown] = fieldDrift(gone(), expected);

    expect(named).toMatchObject({ path: 'spec.paused', found: null, expected: false, by: { manager: 'eve' } });
    expect(unknown?.by).toBeNull();
  });

  it('has what others have added', () => {
    const live = deployment(container('b'), [managed('eve', image)]);

    expect(foreignFields(live)).toEqual([
      expect.objectContaining({ path: 'spec.containers[shop].image', found: 'b', expected: null, owned: false }),
    ]);
  });
});

describe('what is shown of an object', () => {
  it('is what people write, without notes and the server’s own fields', () => {
    const live = deployment({ replicas: 1 }, [managed('eve', replicas)], {
      'deployment.kubernetes.io/revision': '3',
      'framework0.io/content': 'abc',
      note: 'kept',
    });

    expect(readable(live)).toEqual({ spec: { replicas: 1 }, metadata: { annotations: { note: 'kept' } } });
  });

  it('never has the values of a Secret', () => {
    const changes = diff({ data: { a: 'one' }, type: 'x' }, { data: { a: 'two', b: 'three' }, type: 'y' }, new Map());

    const shown = withoutSecrets('Secret', changes);

    expect(shown.map(({ path, before, after }) => [path, before, after])).toEqual([
      ['data.a', '(hidden)', '(hidden)'],
      ['data.b', null, '(hidden)'],
      ['type', 'x', 'y'],
    ]);
    expect(withoutSecrets('ConfigMap', changes)).toBe(changes);
  });
});
