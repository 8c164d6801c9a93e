import type { Readable } from 'node:stream';
import { request } from 'undici';
import { networkFailure, responseFailure } from './webhook-failure';

export interface ChannelRequest {
  /** Name of the channel, for messages. */
  readonly channel: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For the whole answer. */
  readonly timeoutSeconds: number;
  readonly cancelled: AbortSignal;
  /** What an answer that refuses says of itself, as far as it may be told. @default nothing */
  readonly reasonOf?: (text: string) => string;
}

export interface ChannelAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Far beyond what any channel answers: what somebody else sends without end is not read to it. */
const longestAnswer = 256 * 1024;

/** Posts to a channel. Throws what `responseFailure` and `networkFailure` make of anything but a status of 200 to 299. */
export async function postToChannel(options: ChannelRequest): Promise<ChannelAnswer> {
  const { channel, url, headers, body, timeoutSeconds, cancelled, reasonOf = () => '' } = options;
  const timeout = AbortSignal.timeout(timeoutSeconds * 1_000);
  let answer: ChannelAnswer;
  try {
    const response = await request(url, {
      method: 'POST',
      headers: { 'user-agent': 'framework0', ...headers },
      body,
      signal: AbortSignal.any([cancelled, timeout]),
    });
    answer = {
      status: response.statusCode,
      headers: response.headers,
      text: await beginningOf(response.body, cancelled),
    };
  } catch (error) {
    cancelled.throwIfAborted();
    throw networkFailure(error, channel, url, timeout.aborted ? timeoutSeconds : null);
  }
  const refused = responseFailure(channel, url, answer.status, answer.headers, reasonOf(answer.text));
  if (refused) throw refused;
  return answer;
}

/** The whole of what is no longer than that, so that the connection can be used again. The status stands without it. */
async function beginningOf(body: Readable, cancelled: AbortSignal): Promise<string> {
  body.setEncoding('utf8');
  let text = '';
  try {
    for await (const chunk of body) {
      text += String(chunk);
      if (text.length > longestAnswer) break;
    }
  } catch {
    cancelled.throwIfAborted();
  }
  return text;
}
