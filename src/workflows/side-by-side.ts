import { CancellationScope } from '@temporalio/workflow';

/** In order, at most `limit` at once. The first failure stops the others, and is thrown when all of them have stopped. */
export async function sideBySide<Item>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const scope = new CancellationScope();
  const waiting = [...items];
  const failures: unknown[] = [];
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined && failures.length === 0; item = waiting.shift()) {
      try {
        await work(item);
      } catch (error) {
        failures.push(error);
        scope.cancel();
      }
    }
  };
  await scope.run(() => Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane)));
  if (failures.length > 0) throw failures[0];
}
