import { buildSchema, type GraphQLError, graphql } from 'graphql';
import { z } from 'zod';
import { FakeVendor } from '../metrics/fake-vendor';
import { userKey } from '../metrics/nerdgraph-server';

/** The part of NerdGraph's published schema that is used, and what is around it. */
const schema = buildSchema(`
  scalar ChangeTrackingRawCustomAttributesMap
  scalar EpochMilliseconds

  enum ChangeTrackingValidationFlag { ALLOW_CUSTOM_CATEGORY_OR_TYPE FAIL_ON_FIELD_LENGTH FAIL_ON_REST_API_FAILURES }

  input ChangeTrackingDataHandlingRules { validationFlags: [ChangeTrackingValidationFlag] }
  input ChangeTrackingCategoryAndTypeInput { category: String! type: String! }
  input ChangeTrackingDeploymentFieldsInput { changelog: String commit: String deepLink: String version: String! }
  input ChangeTrackingFeatureFlagFieldsInput { featureFlagId: String! }
  input ChangeTrackingCategoryFieldsInput {
    deployment: ChangeTrackingDeploymentFieldsInput
    featureFlag: ChangeTrackingFeatureFlagFieldsInput
  }
  input ChangeTrackingCategoryRelatedInput {
    categoryFields: ChangeTrackingCategoryFieldsInput
    kind: ChangeTrackingCategoryAndTypeInput
  }
  input ChangeTrackingEntitySearchInput { query: String! }
  input ChangeTrackingCreateEventInput {
    categoryAndTypeData: ChangeTrackingCategoryRelatedInput
    customAttributes: ChangeTrackingRawCustomAttributesMap
    description: String
    entitySearch: ChangeTrackingEntitySearchInput
    groupId: String
    shortDescription: String
    timestamp: EpochMilliseconds
    user: String
  }
  type ChangeTrackingEvent { changeTrackingId: String! }
  type ChangeTrackingCreateEventResponse { changeTrackingEvent: ChangeTrackingEvent messages: [String!]! }
  type Query { requestContext: String }
  type Mutation {
    changeTrackingCreateEvent(
      changeTrackingEvent: ChangeTrackingCreateEventInput!
      dataHandlingRules: ChangeTrackingDataHandlingRules
    ): ChangeTrackingCreateEventResponse
  }
`);

const bodySchema = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()) });
/** What the resolver is given by the reference implementation, after it has checked it against the schema. */
const eventSchema = z.looseObject({
  entitySearch: z.object({ query: z.string() }),
  categoryAndTypeData: z.looseObject({ kind: z.object({ category: z.literal('DEPLOYMENT'), type: z.string() }) }),
  timestamp: z.int(),
});
export type ChangeEvent = z.infer<typeof eventSchema>;

/** Kinds of deployments that New Relic knows. */
const deploymentTypes = ['BASIC', 'BLUE_GREEN', 'CANARY', 'OTHER', 'ROLLING', 'SHADOW'];
const oldestMs = 24 * 3_600_000;

/** NerdGraph's change tracking, of an account that has the entities that these searches find. */
export class ChangeTrackingServer extends FakeVendor {
  readonly events: ChangeEvent[] = [];
  /** Goes with the next answers, beside what was created. */
  messages: string[] = [];

  constructor(searches: readonly string[]) {
    const create = ({ changeTrackingEvent }: { readonly changeTrackingEvent: unknown }) => {
      const event = eventSchema.parse(changeTrackingEvent);
      if (!searches.includes(event.entitySearch.query)) throw new Error('Entity search returned no results.');
      if (!deploymentTypes.includes(event.categoryAndTypeData.kind.type)) throw new Error('Unknown type.');
      if (Math.abs(Date.now() - event.timestamp) > oldestMs) {
        throw new Error('The timestamp can not be more than 24 hours in the past or future.');
      }
      this.events.push(event);
      return {
        changeTrackingEvent: { changeTrackingId: `change-${this.events.length}` },
        messages: this.messages,
      };
    };
    super(async ({ url, headers, body }) => {
      if (url.pathname !== '/graphql') return { status: 404, body: 'not found' };
      if (headers['api-key'] !== userKey) {
        const error = { message: 'Invalid credentials provided.', extensions: { errorClass: 'BAD_API_KEY' } };
        return { status: 401, body: { errors: [error] } };
      }
      const { query: source, variables: variableValues } = bodySchema.parse(JSON.parse(body));
      const rootValue = { changeTrackingCreateEvent: create };
      const { data, errors } = await graphql({ schema, source, variableValues, rootValue });
      return { body: { data, ...(errors ? { errors: errors.map(toJson) } : {}) } };
    });
  }
}

function toJson({ message, path }: GraphQLError) {
  return { message, path, extensions: { errorClass: 'INVALID_INPUT' } };
}
