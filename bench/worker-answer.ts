import type { ChildProcess } from 'node:child_process';

export type Message = Readonly<Record<string, unknown>>;

/** Resolves with the first message of a worker process that is wanted; rejects when the process ends before. */
export function answer(worker: ChildProcess, wanted: (message: Message) => boolean): Promise<Message> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', listen);
      worker.off('exit', ended);
      act();
    };
    const listen = (message: unknown) => {
      if (typeof message !== 'object' || message === null || !wanted(message as Message)) return;
      settle(() => resolve(message as Message));
    };
    const ended = (code: number | null) =>
      settle(() => reject(new Error(`the bench worker ended with code ${code ?? 'none, by a signal'}`)));
    worker.on('message', listen);
    worker.once('exit', ended);
  });
}
