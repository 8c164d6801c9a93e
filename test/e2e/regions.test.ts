import { join } from 'node:path';
import { request } from 'undici';
import type { EnvironmentStatus } from '../../src/contracts/status';
import { TestSystem } from './test-system';
import { TinyApp, tinyPipeline } from './tiny-app';

describe('an environment of two regions', () => {
  const system = new TestSystem();
  let app: TinyApp;
  let file: string;

  beforeAll(async () => {
    app = new TinyApp(join(system.home, 'app'));
    const environment = {
      cluster: undefined,
      regions: { eu: { cluster: 'here' }, us: { cluster: 'there' } },
      waves: [{ regions: ['eu'], soak: '1s' }, { regions: ['us'] }],
      // Of a replica that never becomes healthy, and enough for those that do.
      progress_deadline: '15s',
    };
    file = tinyPipeline(join(system.home, 'pipeline.yaml'), 'regional', { environment });
    await system.up();
  }, 120_000);
  afterAll(() => system.dispose(), 120_000);

  const release = async (name: string) => system.end(await system.run(file, name, '--app', app.source));

  /** What users of each region get, asked at its own address. */
  async function answers(): Promise<unknown> {
    const regions = system.cluster().apps.map(async ({ key, port }) => {
      const { body } = await request(`http://127.0.0.1:${port}/`);
      return [key.region, await body.text()];
    });
    return Object.fromEntries(await Promise.all(regions));
  }

  async function remembered(): Promise<unknown> {
    const args = ['history', '--environment', 'regional/live'];
    const { serving } = await system.json<EnvironmentStatus>(args);
    return Object.fromEntries(serving.map(({ region, release: name }) => [region, name]));
  }

  it('runs the app in each, at an address of its own', async () => {
    const status = await release('1.0.0');

    expect(status).toMatchObject({ phase: 'succeeded' });
    expect(status.stages.at(-1)?.reason).toBe('1.0.0 serves in eu, us');
    expect(await answers()).toEqual({ eu: '1.0.0', us: '1.0.0' });
    expect(await remembered()).toEqual({ eu: '1.0.0', us: '1.0.0' });
  }, 180_000);

  it('takes the first wave back when the release cannot run in the second', async () => {
    app.hold('health-1.1.0-us');
    app.change();

    const status = await release('1.1.0');

    expect(status.phase).toBe('rolled_back');
    expect(status.stages.at(-1)?.reason).toMatch(/^us: .*; eu: 1\.0\.0 serves; us: 1\.0\.0 serves$/s);
    expect(await answers()).toEqual({ eu: '1.0.0', us: '1.0.0' });
    expect(await remembered()).toEqual({ eu: '1.0.0', us: '1.0.0' });
    expect(app.count('start 1.1.0')).toBeGreaterThanOrEqual(2);
  }, 180_000);
});
