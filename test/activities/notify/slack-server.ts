import { FakeVendor, type VendorRequest } from '../metrics/fake-vendor';

export const botToken = 'xoxb-test';

export interface SlackPost {
  readonly method: 'chat.postMessage' | 'chat.update';
  readonly channel: string;
  readonly text: string;
  readonly ts: string;
  readonly thread: string | null;
  readonly blocks: readonly {
    readonly type: string;
    readonly text?: { readonly text: string };
    readonly elements?: readonly { readonly action_id?: string; readonly value?: string }[];
  }[];
}

/**
 * `chat.postMessage` and `chat.update` as Slack's OpenAPI description of its Web API has them: form bodies, errors in a
 * body with `ok: false` and status 200, `Retry-After` with status 429.
 */
export function fakeSlack(posts: SlackPost[]): FakeVendor {
  return new FakeVendor((request) => {
    const method = request.url.pathname.replace(/^\/api\//, '');
    if (method !== 'chat.postMessage' && method !== 'chat.update')
      return { body: { ok: false, error: 'unknown_method' } };
    if (request.headers.authorization !== `Bearer ${botToken}`) return { body: { ok: false, error: 'invalid_auth' } };
    const form = formOf(request);
    const channel = form.get('channel') ?? '';
    if (!/^C[A-Z0-9]+$/.test(channel)) return { body: { ok: false, error: 'channel_not_found' } };
    const blocks = JSON.parse(form.get('blocks') ?? '[]') as SlackPost['blocks'];
    if (blocks.length > 50) return { body: { ok: false, error: 'invalid_blocks' } };
    const given = form.get('ts');
    if (method === 'chat.update' && !posts.some(({ ts }) => ts === given)) {
      return { body: { ok: false, error: 'message_not_found' } };
    }
    const ts = given ?? `1772359200.${String(posts.length + 1).padStart(6, '0')}`;
    posts.push({ method, channel, text: form.get('text') ?? '', ts, thread: form.get('thread_ts'), blocks });
    return {
      body: { ok: true, channel, ts, ...(method === 'chat.update' ? { text: form.get('text') } : { message: {} }) },
    };
  });
}

function formOf({ body }: VendorRequest): URLSearchParams {
  return new URLSearchParams(body);
}
