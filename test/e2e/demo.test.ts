import type { DemoReport } from '../../src/embedded/demo/report';
import { isAlive, type ProcessIdentity } from '../../src/embedded/process-identity';
import { TestSystem } from './test-system';

describe('f0 demo', () => {
  const system = new TestSystem();
  afterAll(() => system.dispose());

  it('sends three releases to their ends, drops no request, and leaves nothing running', async () => {
    const demo = system.start(['demo', '--output', 'json', '--home', system.home]);
    const seen = collectProcesses(system);
    const { code, stdout, stderr } = await demo.ended;
    const processes = seen();

    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/http:\/\/127\.0\.0\.1:\d+/) });
    const report = JSON.parse(stdout) as DemoReport;
    expect(report.ok).toBe(true);
    expect(report.releases).toMatchObject([
      { release: '1.0.0', phase: 'succeeded', approvedBy: ['alice'], secondsToRollBack: null },
      { release: '1.1.0', phase: 'rolled_back', approvedBy: ['alice'] },
      { release: '1.2.0', phase: 'rolled_back', approvedBy: ['alice'] },
    ]);
    const [good, faulty, slow] = report.releases;
    expect(good?.reasons).toContainEqual(expect.objectContaining({ subject: 'error_rate < 1%', outcome: 'true' }));
    expect(figure(faulty, 'error_rate > 2%')).toBeGreaterThan(2);
    expect(figure(slow, 'latency_p95 > 1.5s')).toBeGreaterThan(1.5);
    for (const { requests, reason } of report.releases) {
      expect(requests.sent).toBeGreaterThan(100);
      expect(requests.dropped).toBe(0);
      expect(reason).toContain('1.0.0');
    }
    expect(good?.requests.failed).toBe(0);
    for (const release of [faulty, slow]) {
      expect(release?.secondsToDecide).toBeLessThan(5);
      expect(release?.secondsToRollBack).toBeLessThan(5);
    }

    // The system, Temporal, the agent and at least the replicas of the release that stayed.
    expect(processes.length).toBeGreaterThan(4);
    expect(processes.filter(isAlive)).toEqual([]);
    expect(await system.f0('audit', 'verify')).toMatchObject({ code: 0 });
  }, 300_000);
});

function figure(release: DemoReport['releases'][number] | undefined, trigger: string): number | undefined {
  return release?.reasons.find(({ subject, outcome }) => subject === trigger && outcome === 'true')?.observed;
}

/** Notes every process that the system writes down; the answer ends it. */
function collectProcesses(system: TestSystem): () => readonly ProcessIdentity[] {
  const seen = new Map<string, ProcessIdentity>();
  const look = () => {
    try {
      const { replicas, ...others } = system.processes();
      for (const one of [...Object.values(others), ...replicas]) seen.set(`${one.pid} ${one.startedAt}`, one);
    } catch {
      // Its files are not there yet, or not any more.
    }
  };
  const looking = setInterval(look, 200);
  return () => {
    clearInterval(looking);
    return [...seen.values()];
  };
}
