import { EventCreateRequest } from '@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/models/EventCreateRequest.js';
import { EventCreateResponse } from '@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/models/EventCreateResponse.js';
import { ObjectSerializer } from '@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/models/ObjectSerializer.js';
import { keys } from '../metrics/datadog-server';
import { FakeVendor, type VendorAnswer, type VendorRequest } from '../metrics/fake-vendor';

/** The limits that the vendor's description names: 18 hours, and the length of an aggregation key and of a text. */
const oldestSeconds = 18 * 3_600;
const longestKey = 100;
const longestText = 4_000;

/** `POST /api/v1/events` as Datadog's API description has it: what it reads and answers is made by the vendor's own models. */
export class DatadogEventsServer extends FakeVendor {
  readonly events: EventCreateRequest[] = [];

  constructor() {
    super((request) => this.#answer(request));
  }

  #answer({ method, url, headers, body }: VendorRequest): VendorAnswer {
    if (method !== 'POST' || url.pathname !== '/api/v1/events') return refusal(404, 'Not found');
    if (headers['dd-api-key'] !== keys.api) return refusal(403, 'Forbidden');
    const event: unknown = ObjectSerializer.deserialize(JSON.parse(body), 'EventCreateRequest');
    if (!(event instanceof EventCreateRequest) || event._unparsed || event.additionalProperties) {
      return refusal(400, 'Invalid event');
    }
    const { title, text, aggregationKey = '', dateHappened = 0 } = event;
    if (!title || !text || text.length > longestText || aggregationKey.length > longestKey) {
      return refusal(400, 'Invalid event');
    }
    if (!Number.isInteger(dateHappened) || Date.now() / 1_000 - dateHappened > oldestSeconds) {
      return refusal(400, 'date_happened is too old');
    }
    this.events.push(event);
    const response = Object.assign(new EventCreateResponse(), { status: 'ok' });
    return { status: 202, body: ObjectSerializer.serialize(response, 'EventCreateResponse', '') };
  }
}

function refusal(status: number, message: string): VendorAnswer {
  return { status, body: { errors: [message] } };
}
