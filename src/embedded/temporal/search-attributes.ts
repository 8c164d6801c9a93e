import type { Client, Connection } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes';
import { allSearchAttributes } from '../../contracts/search-attributes';

/** What `temporal server start-dev --search-attribute` takes. */
const flagNames: Readonly<Record<string, string>> = { KEYWORD: 'Keyword', BOOL: 'Bool' };

/** Our search attributes as flags of the dev server: they exist from its first moment. */
export function searchAttributeFlags(): readonly string[] {
  return allSearchAttributes.flatMap(({ name, type }) => ['--search-attribute', `${name}=${flagNames[type] ?? type}`]);
}

/**
 * The dev server reads all attributes from its database again at every use of one, some ten times a decision, for tests
 * that register and use them in one breath. Like a cluster, ours learns of a new one within two seconds instead.
 */
export const cachedSearchAttributes: readonly string[] = [
  '--dynamic-config-value',
  'system.forceSearchAttributesCacheRefreshOnRead=false',
];

/** The attributes of ours that a namespace does not have, or has with another type. */
export async function missingSearchAttributes(client: Client): Promise<readonly string[]> {
  const { customAttributes } = await operatorOf(client).listSearchAttributes({ namespace: client.options.namespace });
  return allSearchAttributes
    .filter(({ name, type }) => customAttributes?.[name] !== encodeSearchAttributeIndexedValueType(type))
    .map(({ name }) => name);
}

/**
 * Registers what is missing; answers its names. Safe to repeat.
 * Temporal Cloud has no operator service: there they are made in its console or by `tcld`, once.
 */
export async function registerSearchAttributes(client: Client): Promise<readonly string[]> {
  const missing = await missingSearchAttributes(client);
  if (missing.length === 0) return [];
  const searchAttributes: Record<string, number> = {};
  for (const { name, type } of allSearchAttributes) {
    const encoded = encodeSearchAttributeIndexedValueType(type);
    if (missing.includes(name) && encoded !== undefined) searchAttributes[name] = encoded;
  }
  await operatorOf(client).addSearchAttributes({ namespace: client.options.namespace, searchAttributes });
  return missing;
}

/** The client's type of a connection is what the SDK needs of it; a real one has the operator service too. */
function operatorOf(client: Client): Connection['operatorService'] {
  return (client.connection as Connection).operatorService;
}
