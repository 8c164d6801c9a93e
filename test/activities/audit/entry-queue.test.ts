import { EntryQueue, type PreparedEntry } from '../../../src/activities/audit/entry-queue';

const entry = (key: string) => ({ key, text: key }) as PreparedEntry;

describe('the queue of audit entries', () => {
  /** What each transaction took, and how it ends. */
  const recording = (insert: (keys: readonly string[]) => Promise<void> = async () => undefined) => {
    const taken: string[][] = [];
    const queue = new EntryQueue(async (entries) => {
      taken.push(entries.map(({ key }) => key));
      await insert(taken.at(-1) ?? []);
    });
    return { queue, taken };
  };

  it('takes an append on its own at once', () => {
    const { queue, taken } = recording();

    void queue.add([entry('a')]);

    expect(taken).toEqual([['a']]);
  });

  it('lets what comes during a transaction, and right after it, share the next one', async () => {
    const { queue, taken } = recording();

    const first = queue.add([entry('a')]);
    const second = queue.add([entry('b'), entry('c')]);
    await first;
    const third = queue.add([entry('d')]);
    await Promise.all([second, third]);

    expect(taken).toEqual([['a'], ['b', 'c', 'd']]);
  });

  it('fails those whose transaction failed, and nobody else', async () => {
    const { queue } = recording(async (keys) => {
      if (keys.includes('a')) throw new Error('the database is gone');
    });

    const first = queue.add([entry('a')]);
    const second = queue.add([entry('b')]);

    await expect(first).rejects.toThrow('the database is gone');
    await expect(second).resolves.toBeUndefined();
  });
});
