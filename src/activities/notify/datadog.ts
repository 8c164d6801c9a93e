import type { EventCreateRequest } from '@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/models/EventCreateRequest.js';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import type { DeployOutcome } from '../../contracts/activities';
import { failure } from '../../contracts/errors';
import { datadogConfiguration } from '../datadog/configuration';
import { jsonOf } from '../http/json';
import { postToChannel } from './channel-http';
import { addressOf, type GraphChannelOptions, type GraphMark, graphMarkOf, keyOf } from './graph-mark';
import type { Channel } from './port';

const errorsSchema = z.object({ errors: z.array(z.string()).min(1) });

/** Limits of Datadog's events. */
const longestText = 4_000;
const longestTag = 200;

const alertTypes: Readonly<Record<DeployOutcome, 'success' | 'warning' | 'error'>> = {
  succeeded: 'success',
  rolled_back: 'warning',
  aborted: 'warning',
  failed: 'error',
};

/**
 * Two events a deployment, joined by their aggregation key, with the tags of unified service tagging: Datadog overlays
 * them on graphs of the same service. It keeps no idempotency key: an event whose answer was lost may be there twice.
 */
export function createDatadogChannel({ secrets, timeoutSeconds }: GraphChannelOptions): Channel {
  return async ({ channel, notification }, cancelled) => {
    const mark = graphMarkOf(notification);
    if (!mark) return;
    const base = addressOf(channel);
    const { EventsApi } = await import(
      '@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/apis/EventsApi.js'
    );
    const configuration = await datadogConfiguration({
      url: base.href,
      keys: { apiKeyAuth: await keyOf(channel, secrets) },
      send: async (request) => {
        const url = new URL(request.getUrl());
        const body = String(request.getBody() ?? '');
        const headers = request.getHeaders();
        const answer = await postToChannel({
          channel: channel.name,
          url,
          headers,
          body,
          timeoutSeconds,
          cancelled,
          reasonOf,
        });
        // The client wants to know of the kind of the body, and of nothing else.
        return { ...answer, headers: { 'content-type': String(answer.headers['content-type'] ?? '') } };
      },
    });
    const notDatadog = `channel "${channel.name}": what answers at ${base.host} is not Datadog: is there a proxy?`;
    try {
      const { status } = await new EventsApi(configuration).createEvent({ body: eventOf(mark) });
      if (status !== 'ok') throw failure('Unavailable', notDatadog);
    } catch (error) {
      if (error instanceof ApplicationFailure || cancelled.aborted) throw error;
      throw failure('Unavailable', notDatadog, { cause: error });
    }
  };
}

function eventOf({
  key,
  title,
  text,
  at,
  outcome,
  app,
  environment,
  release,
  namespace,
}: GraphMark): EventCreateRequest {
  const tags = {
    service: app,
    env: environment,
    version: release,
    namespace,
    outcome: outcome ?? 'running',
    event: 'deployment',
  };
  return {
    title,
    text: text.slice(0, longestText),
    dateHappened: Math.floor(Date.parse(at) / 1_000),
    aggregationKey: key,
    sourceTypeName: 'my_apps',
    alertType: outcome === null ? 'info' : alertTypes[outcome],
    tags: Object.entries(tags).map(([name, value]) => `${name}:${value}`.slice(0, longestTag)),
  };
}

function reasonOf(text: string): string {
  const told = errorsSchema.safeParse(jsonOf(text));
  return told.success ? told.data.errors.join('; ').slice(0, 300) : '';
}
