import { buildSchema, type GraphQLError, graphql } from 'graphql';
import { z } from 'zod';
import { FakeVendor } from './fake-vendor';

export interface NrqlContainer {
  readonly results: readonly Readonly<Record<string, unknown>>[];
  readonly messages?: readonly string[];
  /** @default now */
  readonly endMs?: number;
}

/** What a query is answered with; an error is one of that query. */
export type Nrql = (query: string) => NrqlContainer | Error;

export const userKey = 'NRAK-KEY';
export const account = 1_234_567;

/** The part of NerdGraph's published schema that is asked for, and what is around it. */
const schema = buildSchema(`
  scalar EpochMilliseconds
  scalar Nrql
  scalar NrdbResult
  scalar Seconds

  type NrdbMetadataTimeWindow {
    begin: EpochMilliseconds
    compareWith: String
    end: EpochMilliseconds
    since: String
    until: String
  }
  type NrdbMetadata {
    eventTypes: [String]
    facets: [String]
    messages: [String]
    timeWindow: NrdbMetadataTimeWindow
  }
  type NrdbResultContainer {
    currentResults: [NrdbResult]
    metadata: NrdbMetadata
    nrql: Nrql
    otherResult: NrdbResult
    previousResults: [NrdbResult]
    results: [NrdbResult]
    totalResult: NrdbResult
  }
  type Account {
    id: Int
    name: String
    nrql(async: Boolean = false, query: Nrql!, timeout: Seconds): NrdbResultContainer
  }
  type Actor {
    account(id: Int!): Account
  }
  type Query {
    actor: Actor
  }
`);

const bodySchema = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()) });

/** NerdGraph: every document it is sent is checked against the schema, and executed by the reference implementation. */
export function fakeNerdGraph(nrql: () => Nrql): FakeVendor {
  return new FakeVendor(async ({ url, headers, body }) => {
    if (url.pathname !== '/graphql') return { status: 404, body: 'not found' };
    if (headers['api-key'] !== userKey) {
      const error = { message: 'Invalid credentials provided.', extensions: { error_code: 'BAD_API_KEY' } };
      return { status: 401, body: { errors: [error] } };
    }
    const { query, variables } = bodySchema.parse(JSON.parse(body));
    const { data, errors } = await graphql({
      schema,
      source: query,
      variableValues: variables,
      rootValue: { actor: { account: accountOf(nrql()) } },
    });
    return { body: { data, ...(errors ? { errors: errors.map(toJson) } : {}) } };
  });
}

/** The queries that were asked in a request, in their order. */
export function queriesOf(body: string): string[] {
  const { variables } = bodySchema.parse(JSON.parse(body));
  return Object.entries(variables).flatMap(([name, value]) => (/^q\d+$/.test(name) ? [String(value)] : []));
}

function accountOf(nrql: Nrql) {
  return ({ id }: { id: number }) => {
    if (id !== account) throw new Error(`Account ${id} not found`);
    return {
      id,
      nrql: ({ query, timeout }: { query: string; timeout: number }) => {
        if (timeout < 5) throw new Error('timeout must be between 5 and 120');
        const answer = nrql(query);
        if (answer instanceof Error) throw answer;
        const { results, messages = [], endMs = Date.now() } = answer;
        return { nrql: query, results, metadata: { messages, timeWindow: { end: endMs } } };
      },
    };
  };
}

function toJson({ message, path }: GraphQLError) {
  return { message, path, extensions: { errorClass: 'SERVER_ERROR' } };
}
