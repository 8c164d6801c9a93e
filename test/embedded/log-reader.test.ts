import type { ArtifactStore } from '../../src/activities/artifacts';
import type { AuditReader } from '../../src/console/ports';
import { createLogReader } from '../../src/embedded/log-reader';

const rows = [
  {
    at: '2026-01-01T00:00:03Z',
    action: 'stage.failed',
    reason: 'deploy: failed: exit 1:\nlast line',
    details: { stage: 'deploy' },
  },
  {
    at: '2026-01-01T00:00:01Z',
    action: 'command.passed',
    reason: 'unit_tests passed in 1 s',
    details: { stage: 'build', logDigest: 'sha256:a' },
  },
  {
    at: '2026-01-01T00:00:02Z',
    action: 'command.passed',
    reason: 'scan passed',
    details: { stage: 'build', logDigest: 'sha256:gone' },
  },
  { at: '2026-01-01T00:00:00Z', action: 'release.started', reason: 'started', details: null },
  { at: '2026-01-01T00:00:00Z', action: 'command.passed', details: { logDigest: 7 } },
];
const audit = { list: async () => rows.map((entry) => ({ entry })) } as unknown as AuditReader;
const artifacts = {
  readBytes: async (digest: string) => {
    if (digest !== 'sha256:a') throw new Error('no such artifact');
    return Buffer.from('12 passed');
  },
} as unknown as ArtifactStore;

describe('the logs of a run', () => {
  it('are what its commands printed, in order of time, and the last words of what failed', async () => {
    const logs = await createLogReader(audit, artifacts).ofRun('pipeline/a/b/c');

    expect(logs).toEqual([
      { stage: 'build', at: '2026-01-01T00:00:01Z', title: 'unit_tests passed in 1 s', text: '12 passed' },
      {
        stage: 'build',
        at: '2026-01-01T00:00:02Z',
        title: 'scan passed',
        text: expect.stringContaining('no such artifact'),
      },
      { stage: 'deploy', at: '2026-01-01T00:00:03Z', title: 'deploy: failed: exit 1:', text: 'last line' },
    ]);
  });

  it('are of one stage when one is asked for', async () => {
    const logs = await createLogReader(audit, artifacts).ofRun('pipeline/a/b/c', 'deploy');

    expect(logs.map((log) => log.stage)).toEqual(['deploy']);
  });
});
