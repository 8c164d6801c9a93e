import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { isMap, parseDocument, stringify } from 'yaml';
import { editHelmValues } from '../../../../src/activities/deploy/gitops/helm-values';
import { editImage } from '../../../../src/activities/deploy/gitops/image-file';
import { editKustomization } from '../../../../src/activities/deploy/gitops/kustomization';
import { editManifest } from '../../../../src/activities/deploy/gitops/plain-manifest';

const image = 'registry.example.com/teashop/shop';
const old = `sha256:${'0'.repeat(64)}`;
const wanted = `sha256:${'a1'.repeat(32)}`;
const app = { app: 'shop', workload: 'shop', container: null, image };

describe('a kustomization', () => {
  const edited = (text: string) => editKustomization(text, 'kustomization.yaml', image, wanted);

  it.each([
    ['a digest', `images:\n- name: ${image} # ours\n  digest: ${old}   # kept\n`, [old, wanted]],
    ['a digest in quotes', `images:\n  - {name: "${image}", digest: '${old}'}\n`, [old, wanted]],
    ['a digest with a tag beside it', `images:\n- name: ${image}\n  newTag: v1\n  digest: ${old}\n`, [old, wanted]],
    ['a tag', `images:\n- newTag: "1.0" # pinned\n  name: ${image}\n`, ['newTag: "1.0"', `digest: "${wanted}"`]],
    ['nothing else', `images:\n- name: ${image} # ours\n`, [' # ours\n', ` # ours\n  digest: ${wanted}\n`]],
    ['nothing else, at the end', `images:\n  - name: ${image}`, [image, `${image}\n    digest: ${wanted}`]],
    [
      'nothing else, in CRLF',
      `a: 1\r\nimages:\r\n- name: ${image}\r\n`,
      [`${image}\r\n`, `${image}\r\n  digest: ${wanted}\r\n`],
    ],
    ['nothing else, in flow style', `images: [{name: ${image}}]`, [image, `${image}, digest: ${wanted}`]],
    ['an empty digest', `images:\n- name: ${image}\n  digest:\n`, ['digest:', `digest: ${wanted}`]],
    [
      'an empty digest and a comment',
      `images:\n- name: ${image}\n  digest: # none\n`,
      ['digest: ', `digest: ${wanted} `],
    ],
    ['another name', `images:\n- name: shop\n  newName: ${image}\n  digest: ${old}\n`, [old, wanted]],
  ])('with %s is changed there alone', (_, text, [part = '', by = '']) => {
    expect(edited(text).text).toBe(text.replace(part, by));
  });

  it('that has the digest stays as it is', () => {
    const text = `images:\n- name: ${image}\n  digest: ${wanted}\n`;
    expect(edited(text)).toEqual({ before: wanted, text });
  });

  it.each([
    ['resources: []', /has no entry for .* under images; it has no images at all/],
    [
      'images:\n- name: registry.example.com/teashop/shops\n',
      /it has registry.*; did you mean registry.example.com\/teashop\/shops\?/,
    ],
    [`images:\n- name: ${image}\n- name: ${image}\n`, /has 2 entries for .*: expected one/],
    [`images: [`, /is no YAML/],
    [
      `x: &d ${old}\nimages:\n- name: ${image}\n  digest: *d\n`,
      /is an alias or a list: expected a plain or quoted value/,
    ],
    [`images:\n- name: ${image}\n  digest: &d ${old}\nx: *d\n`, /cannot be changed alone; does it have an anchor/],
    [`images:\n- name: ${image}\n  digest: |\n    ${old}\n`, /is text of several lines/],
  ])('%j is refused', (text, expected) => {
    expect(() => edited(text)).toThrow(expected);
  });
});

describe('a file of Helm values', () => {
  const edited = (text: string) => editHelmValues(text, 'values.yaml', 'image.digest', image, wanted);

  it.each([
    [`image:\n  # of the release\n  digest: "${old}"\n`, old, wanted],
    [`image: {digest: }`, 'digest: ', `digest: ${wanted}`],
    [`image:\n  digest: ${image}:1.0\n`, `${image}:1.0`, `${image}@${wanted}`],
    [`image:\n  digest: ""\n`, '""', `"${wanted}"`],
  ])('%j is changed there alone', (text, part, by) => {
    expect(edited(text).text).toBe(text.replace(part, by));
  });

  it.each([
    ['image:\n  digst: x\n', 'values.yaml has no field image.digest; beside it are digst; did you mean digst?'],
    ['a: 1\n', 'values.yaml has no field image; beside it are a'],
    ['', 'values.yaml has no field image; there is no field at all'],
    ['image: shop\n', 'values.yaml has no field image.digest; there is no field at all'],
    ['image:\n  digest: {}\n', 'values.yaml: image.digest is a map: expected a plain or quoted value'],
  ])('%j is refused', (text, message) => {
    expect(() => edited(text)).toThrow(message);
  });
});

describe('a manifest', () => {
  const deployment = (name: string) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: ${name}}\nspec:\n  template:\n    spec:\n      containers:\n        - name: ${name}\n          image:   ${image}:1.0 # old\n`;

  it('gets the image of the one Deployment', () => {
    const text = `# all\n---\n${deployment('other')}---\n${deployment('shop')}`;
    const at = text.lastIndexOf(`${image}:1.0`);
    const expected = `${text.slice(0, at)}${image}@${wanted}${text.slice(at + `${image}:1.0`.length)}`;
    expect(editManifest(text, 'all.yaml', app, wanted)).toEqual({ before: `${image}:1.0`, text: expected });
  });

  it('is refused without the container', () => {
    expect(() => editManifest(deployment('shop'), 'a.yaml', { ...app, container: 'web' }, wanted)).toThrow(
      /has no container web: it has shop/,
    );
  });
});

describe('nothing else of a file changes', () => {
  // Short, so that no style folds it.
  const old = 'sha256:0f';
  const key = fc.stringMatching(/^[a-z][a-zA-Z0-9_-]{0,8}$/);
  const style = fc.record({
    indent: fc.constantFrom(2, 3, 4),
    indentSeq: fc.boolean(),
    defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE') as fc.Arbitrary<'PLAIN'>,
    defaultKeyType: fc.constant('PLAIN' as const),
    lineWidth: fc.constantFrom(0, 40, 80),
  });
  const others = fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });
  const newline = fc.constantFrom('\n', '\r\n');

  /** Comments, styles and line ends as people have them. */
  const textOf = (content: object, options: object, note: string, end: string) => {
    const document = parseDocument(stringify(content, options), { keepSourceTokens: true });
    if (isMap(document.contents)) document.contents.commentBefore = note;
    return document.toString(options).replaceAll('\n', end);
  };
  const note = fc.string({ unit: 'grapheme-ascii' }).map((text) => ` ${text}`);

  it('in a kustomization', () => {
    fc.assert(
      fc.property(others, others, style, note, newline, (before, after, options, comment, end) => {
        const images = [
          { name: 'other', newTag: 'x' },
          { name: image, digest: old },
        ];
        const text = textOf({ a: before, images, z: after }, options, comment, end);
        const { text: found } = editKustomization(text, 'k.yaml', image, wanted);
        expect(found.replace(wanted, old)).toBe(text);
        expect(found).not.toBe(text);
        expect(editKustomization(found, 'k.yaml', image, wanted).text).toBe(found);
      }),
    );
  });

  it('in a file of values', () => {
    fc.assert(
      fc.property(others, others, style, note, newline, (before, after, options, comment, end) => {
        const text = textOf({ a: before, image: { digest: old, z: after } }, options, comment, end);
        const { text: found } = editHelmValues(text, 'v.yaml', 'image.digest', image, wanted);
        expect(found.replace(wanted, old)).toBe(text);
        expect(found).not.toBe(text);
      }),
    );
  });
});

describe('the file is found', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'f0-image-file-'));
    mkdirSync(path.join(folder, 'apps/shop'), { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const write = (file: string, text: string) => writeFileSync(path.join(folder, file), text);
  const find = (place: string, imagePath: string | null = null) =>
    editImage(folder, { ...app, path: place, imagePath }, wanted);
  const manifest =
    'kind: Deployment\nmetadata: { name: shop }\nspec: { template: { spec: { containers: [{ name: shop, image: x }] } } }\n';

  it('as the kustomization of a folder, before any manifest', async () => {
    write('apps/shop/a.yaml', manifest);
    write('apps/shop/kustomization.yml', `images:\n- name: ${image}\n`);
    expect(await find('apps/shop')).toMatchObject({ file: 'apps/shop/kustomization.yml', isNew: true });
  });
  it('as the manifest of a folder that has the Deployment', async () => {
    write('apps/shop/a.yaml', 'kind: Service\n');
    write('apps/shop/b.yaml', manifest);
    expect(await find('apps/shop')).toMatchObject({ file: 'apps/shop/b.yaml', before: 'x' });
  });
  it('as the values of a folder', async () => {
    write('apps/shop/values.yaml', `image: { digest: ${wanted} }\n`);
    expect(await find('apps/shop', 'image.digest')).toMatchObject({ file: 'apps/shop/values.yaml', isNew: false });
  });
  it('or what is there instead is told', async () => {
    write('apps/shop/a.yaml', 'kind: Service\n');
    await expect(find('apps/shop')).rejects.toThrow(
      'has neither a kustomization nor a file with Deployment shop; it has a.yaml',
    );
    await expect(find('apps/shp')).rejects.toThrow(
      "the repository has no apps/shp; beside it are shop: set path of the cluster's gitops",
    );
  });
  it('and never outside of the repository', async () => {
    symlinkSync('/etc/hostname', path.join(folder, 'apps/shop/kustomization.yaml'));
    await expect(find('apps/shop')).rejects.toThrow('leads out of the repository');
  });
});
