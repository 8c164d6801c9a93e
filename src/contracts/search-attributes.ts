import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Search attributes are never encrypted: names and states only, no reasons, no people. */
export const searchAttribute = {
  kind: defineSearchAttributeKey('F0Kind', SearchAttributeType.KEYWORD),
  namespace: defineSearchAttributeKey('F0Namespace', SearchAttributeType.KEYWORD),
  workflow: defineSearchAttributeKey('F0Workflow', SearchAttributeType.KEYWORD),
  environment: defineSearchAttributeKey('F0Environment', SearchAttributeType.KEYWORD),
  release: defineSearchAttributeKey('F0Release', SearchAttributeType.KEYWORD),
  phase: defineSearchAttributeKey('F0Phase', SearchAttributeType.KEYWORD),
  awaitingApproval: defineSearchAttributeKey('F0AwaitingApproval', SearchAttributeType.BOOL),
} as const;

export const allSearchAttributes = Object.values(searchAttribute);
