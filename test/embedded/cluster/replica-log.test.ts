import { appendFileSync, closeSync, mkdtempSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ReplicaLog } from '../../../src/embedded/cluster/replica-log';

describe('the log of a replica', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'f0-log-'));
  const file = path.join(folder, 'logs', 'a.log');
  const log = new ReplicaLog(file);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has an empty end before anything is written', () => {
    expect(log.tail()).toBe('');
    expect(() => log.trim()).not.toThrow();
  });

  it('is cut short under the process that writes it, which goes on; the end of what went stays', () => {
    const writer = log.open();
    writeSync(writer, `${'x'.repeat(5 * 1024 * 1024)}\nlast before\n`);

    log.trim();
    writeSync(writer, 'first after\n');
    closeSync(writer);

    expect(readFileSync(file, 'utf8')).toBe('first after\n');
    expect(statSync(`${file}.1`).size).toBe(512 * 1024);
    expect(readFileSync(`${file}.1`, 'utf8').endsWith('\nlast before\n')).toBe(true);
  });

  it('is left alone while it is small', () => {
    log.trim();

    expect(readFileSync(file, 'utf8')).toBe('first after\n');
  });

  it('tells its last ten lines', () => {
    appendFileSync(file, Array.from({ length: 30 }, (_, index) => `line ${index}\n`).join(''));

    expect(log.tail().split('\n')).toEqual(Array.from({ length: 10 }, (_, index) => `line ${index + 20}`));
  });
});
