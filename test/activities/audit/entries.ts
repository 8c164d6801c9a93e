import type { AuditEntry } from '../../../src/contracts/audit';

export function entry(key: string, more: Partial<AuditEntry> = {}): AuditEntry {
  return {
    key,
    at: '2026-01-02T03:04:05.678Z',
    actor: { name: 'maria', source: 'cli' },
    action: 'approval.granted',
    workflowId: 'pipeline/shop/shop/1.0.0',
    namespace: 'shop',
    ...more,
  };
}

export function entries(count: number, prefix = 'e'): AuditEntry[] {
  return Array.from({ length: count }, (_, index) => entry(`${prefix}${index + 1}`, { reason: `reason ${index + 1}` }));
}

export async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}
