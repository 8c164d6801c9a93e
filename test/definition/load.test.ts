import fc from 'fast-check';
import { loadApp, loadDocuments } from '../../src/definition';
import { build, readExample, workflowText } from './support';

const one = (text: string, file = 'a.yaml') => loadDocuments([{ file, text }]);

/** `line:column message`, which is what a person looks for. */
const told = (text: string) => one(text).errors.map(({ line, column, message }) => `${line}:${column} ${message}`);

const manyLines = (line: (index: number) => string) =>
  Array.from({ length: 60_000 }, (_, index) => line(index)).join('\n');

const deploy = '- { name: deploy, environment: staging }\n- { name: live, environment: production }\n';

describe('loadDocuments', () => {
  it('accepts the documents of the examples, without a warning', () => {
    const files = [
      'enterprise-deployment-pipeline.yaml',
      'platform.local.yaml',
      'canary-pipeline.yaml',
      'shop/f0.app.yaml',
    ];

    const { documents, errors, warnings } = loadDocuments(files.map(readExample));

    expect(errors).toEqual([]);
    expect(warnings).toEqual([]);
    expect(documents.map(({ kind }) => kind)).toEqual([
      'ProductionWorkflow',
      'ProductionPlatform',
      'ProductionWorkflow',
      'App',
    ]);
  });

  it('reads JSON, indented by tabs too', () => {
    const document = {
      apiVersion: 'framework0.io/v1',
      kind: 'App',
      metadata: { name: 'shop' },
      spec: { start: 'node .' },
    };

    expect(one(JSON.stringify(document, null, '\t'), 'app.json')).toMatchObject({
      errors: [],
      documents: [{ kind: 'App' }],
    });
  });

  it('reads several documents a file, and places faults in the one they are in', () => {
    const text = `${workflowText(build + deploy)}\n---\n${workflowText(`${build}- { name: live, environment: prod }\n`, { name: 'second' })}`;

    const { documents, errors } = one(text);

    expect(documents).toHaveLength(2);
    expect(errors).toEqual([
      {
        file: 'a.yaml',
        line: 22,
        column: 34,
        path: 'spec.pipeline_stages[1].environment',
        message: 'there is no environment "prod"',
        expected: 'one of staging, production',
        suggestion: null,
      },
    ]);
  });

  it('skips empty documents between others', () => {
    expect(one(`---\n---\n${workflowText(build + deploy)}\n---\n`)).toMatchObject({ errors: [], documents: [{}] });
  });

  it('finds a document that is there twice, in whichever file', () => {
    const text = workflowText(build + deploy);

    const { errors } = loadDocuments([
      { file: 'a.yaml', text },
      { file: 'b.yaml', text },
    ]);

    expect(errors).toMatchObject([
      { file: 'b.yaml', line: 3, message: 'ProductionWorkflow default/shop is defined twice' },
    ]);
  });

  it('orders faults as a person reads them, and no fault hides another', () => {
    const text = `apiVersion: framework0.io/v2
kind: ProductionWorkflow
metadata: { name: many, nmae: x }
spec:
  environments:
    staging: { cluster: a, auto_promot: true }
  pipeline_stages:
    - { name: build, uses: exercise8/container-build }
    - name: a
      environment: stagin
      requires: [b, build]
      validation: { duration: 30 parsecs, success_criteria: error_rate >> 2 }
    - { name: b, requires: [a], run: x, timeout: soon }
    - { name: b, tests: 5 }
`;

    expect(told(text)).toEqual([
      '1:13 "framework0.io/v2" is not a known apiVersion',
      '3:25 "nmae" is not a field here',
      '6:28 "auto_promot" is not a field here',
      '10:20 there is no environment "stagin"',
      '11:17 these stages wait for each other: a -> b -> a',
      '12:31 "30 parsecs" is not a duration',
      '12:61 ">>" is not an operator; operators are >= <= == != > <',
      '13:50 "soon" is not a duration',
      '14:15 "b" is the name of stage 3 already',
      '14:25 5 is a number',
    ]);
  });

  it('does not tell what follows from a fault that is told', () => {
    // Without the slip the stage has work to do, and an environment for its strategy.
    const stages = `${build}- { name: deploy, enviroment: staging, strategy: rolling }\n- { name: live, environment: production }\n`;

    expect(told(workflowText(stages))).toEqual(['10:23 "enviroment" is not a field here']);
  });

  // Those of size are in bad-files.test.ts.
  describe('limits', () => {
    it('refuses an alias of what it is in, wherever it hides', () => {
      const platform = (settings: string) =>
        `apiVersion: framework0.io/v1\nkind: ProductionPlatform\nmetadata: { name: p }\nspec: { clusters: { a: ${settings} } }`;

      expect(told(platform('&a { type: local, more: [*a] }'))).toEqual([
        '4:49 the alias "a" is inside of what it names',
      ]);
      expect(told(platform(`{ type: local, more: ${'['.repeat(60)}${']'.repeat(60)} }`))).toHaveLength(1);
      expect(told(platform('{ type: local, more: { deeper: [{ still: fine }] } }'))).toEqual([
        '4:39 "more" is not a field here',
      ]);
    });

    it('refuses aliases that multiply', () => {
      const lines = Array.from(
        { length: 9 },
        (_, i) =>
          `l${i}: &l${i} [${Array(10)
            .fill(i === 0 ? 'lol' : `*l${i - 1}`)
            .join(', ')}]`,
      );

      expect(told(lines.join('\n'))).toEqual(['1:1 the aliases of this document multiply beyond reason']);
    });

    it('takes the aliases that people write', () => {
      const stages = `${build}- { name: deploy, environment: staging, validation: &soak { duration: 5m, success_criteria: error_rate < 1% } }\n- { name: live, environment: production, validation: *soak }\n`;

      expect(told(workflowText(stages))).toEqual([]);
    });

    // Each of these took minutes where every fault was looked up among all the others.
    const head = 'apiVersion: framework0.io/v1\nkind: ProductionWorkflow\nmetadata: { name: large }\nspec:\n';
    const hostile = [
      { name: 'unknown fields', text: head + manyLines((index) => `  k${index}: 1`), errors: 60_001 },
      { name: 'aliases', text: `a: &a 1\n${manyLines((index) => `k${index}: *a`)}`, errors: 1 },
      { name: 'documents', text: manyLines(() => '--- 1'), errors: 60_000 },
    ];
    it.each(hostile)('reads a mebibyte of $name in a time that a person waits', ({ text, errors }) => {
      expect(one(text).errors).toHaveLength(errors);
    });

    it('finds a repeated key in a map of a mebibyte at once', () => {
      const keys = Array.from({ length: 60_000 }, (_, index) => `k${index}: 1`).join('\n');

      expect(told(`${keys}\nk7: 2`)[0]).toBe('1:1 apiVersion is missing');
      expect(told(`${keys}\nk7: 2`)).toContain('60001:1 this key is given twice');
    });
  });

  it('never throws, and never accepts what is no document', () => {
    const words = fc.constantFrom(
      'apiVersion: framework0.io/v1',
      'kind: App',
      'kind: ProductionWorkflow',
      'spec:',
      '  - a',
      '{',
      ']',
      '&a',
      '*a',
      '? ',
      '"',
      '\t',
      ': ',
      '---',
      '!!',
      '|',
      '<<: *a',
      '__proto__: 1',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(words, { maxLength: 20 }).map((all) => all.join('\n')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const { documents, errors } = one(text);

        expect(documents).toEqual([]);
        expect(errors.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws on a document with one thing replaced by another', () => {
    const { text } = readExample('enterprise-deployment-pipeline.yaml');
    const odd = fc.constantFrom(
      '',
      ' ',
      '~',
      '[]',
      '{}',
      '5',
      '"',
      '- ',
      '*x',
      '&x',
      ': ',
      '{ a: ',
      '\u0000',
      '1e999',
      '.nan',
      '!!binary x',
    );
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(30), odd, (from, length, put) => {
        const { errors } = one(text.slice(0, from) + put + text.slice(from + length));

        for (const { line, column } of errors) expect(Math.min(line, column)).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });
});

describe('loadApp', () => {
  it('reads the manifest of an app', () => {
    const { app, errors } = loadApp(readExample('shop/f0.app.yaml'));

    expect(errors).toEqual([]);
    expect(app?.value).toMatchObject({ metadata: { name: 'shop' }, spec: { health: '/healthz', replicas: 2 } });
  });

  it('refuses a file of something else', () => {
    const { app, errors } = loadApp(readExample('enterprise-deployment-pipeline.yaml'));

    expect(app).toBeNull();
    expect(errors).toMatchObject([{ message: 'the file holds 1 documents, 0 of them of kind App' }]);
  });
});
