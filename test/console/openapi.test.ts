import { spawnSync } from 'node:child_process';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { type Console, openConsole, ownerToken, runId } from './harness';

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema: object }>> }>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

let console_: Console;
let document: Document;
const headers = { authorization: `Bearer ${ownerToken}` };

beforeAll(async () => {
  const silence = { id: '1', matchers: { namespace: 'a' }, reason: 'x', by: 'olga', from: 'x', until: 'x' };
  console_ = await openConsole(
    {},
    {
      alerts: {
        read: async () => ({ alerts: [], silences: [silence] }),
        acknowledge: async () => undefined,
        silence: async () => silence,
        expireSilence: async () => undefined,
      },
    },
  );
  document = (await console_.app.inject('/api/v1/openapi.json')).json();
});
afterAll(() => console_.close());

/** The document as one schema: its references stay as they are. */
function validator() {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(document, 'api');
  return (path: string, method: string, status: string) => {
    const pointer = ['paths', path, method, 'responses', status, 'content', 'application/json', 'schema']
      .map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'))
      .map(encodeURIComponent)
      .join('/');
    return ajv.compile({ $ref: `api#/${pointer}` });
  };
}

describe('the OpenAPI document', () => {
  it('is valid, by the schema of OpenAPI itself', () => {
    const script = `import { Validator } from '@seriousme/openapi-schema-validator';
      let text = ''; for await (const chunk of process.stdin) text += chunk;
      const result = await new Validator().validate(JSON.parse(text));
      console.log(JSON.stringify(result));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      input: JSON.stringify(document),
      encoding: 'utf8',
    });

    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ valid: true });
    expect(document.openapi).toBe('3.1.0');
  });

  it('is of the present types', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/generate-api-shapes.mjs', '--check'], {
      encoding: 'utf8',
    });

    expect([status, stderr]).toEqual([0, '']);
  });

  it.each([
    ['/session', '/session'],
    ['/runs', '/runs'],
    ['/runs/{id}', `/runs/${encodeURIComponent(runId)}`],
    ['/runs/{id}/timeline', `/runs/${encodeURIComponent(runId)}/timeline`],
    ['/runs/{id}/analyses', `/runs/${encodeURIComponent(runId)}/analyses`],
    ['/runs/{id}/logs', `/runs/${encodeURIComponent(runId)}/logs`],
    ['/approvals', '/approvals'],
    ['/estate', '/estate'],
    ['/alerts', '/alerts'],
    ['/audit', '/audit'],
    ['/audit/verify', '/audit/verify'],
    ['/tokens', '/tokens'],
    ['/watches', '/watches'],
  ])('describes what GET %s really answers', async (path, url) => {
    const answer = await console_.app.inject({ url: `/api/v1${url}`, headers });
    const validate = validator()(`/api/v1${path}`, 'get', '200');
    const isValid = validate(answer.json());

    expect([answer.statusCode, isValid, validate.errors]).toEqual([200, true, null]);
  });

  it('describes what is answered to a command, and to one that is wrong', async () => {
    const send = async (payload: object) =>
      console_.app.inject({
        method: 'POST',
        url: `/api/v1/runs/${encodeURIComponent(runId)}/rollback`,
        headers,
        payload,
      });
    const good = await send({ reason: 'it is slow' });
    const bad = await send({});
    const validate = validator();
    const path = '/api/v1/runs/{id}/rollback';

    expect([good.statusCode, validate(path, 'post', '200')(good.json())]).toEqual([200, true]);
    expect([bad.statusCode, validate(path, 'post', 'default')(bad.json())]).toEqual([400, true]);
  });
});
