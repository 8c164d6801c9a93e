import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import type { RunStatus } from '../../src/client';
import type { TestSystem } from '../e2e/test-system';
import { type Held, TinyApp, tinyPipeline } from '../e2e/tiny-app';
import { until } from '../support/wait-for';

/** The kinds of step in the middle of which a fault comes. */
export type StepKind = 'build' | 'test' | 'prepare' | 'analyze' | 'approval' | 'retire';

/** Long enough for a fault to come into the middle of it, on a machine that is busy. */
const soak = { duration: '30s', success_criteria: 'error_rate < 1% over 5s' };
const retireAfter = '45s';
const criteria = { validation: soak, monitoring: { interval: '1s' } };

const holds: Readonly<Partial<Record<StepKind, Held>>> = {
  build: 'build',
  test: 'unit_tests',
  prepare: 'health-1.0.0',
};

/** One release of its own app and namespace, on its way into one kind of step. */
export interface Ship {
  readonly kind: StepKind;
  readonly namespace: string;
  readonly app: TinyApp;
  readonly run: string;
  readonly release: string;
}

/** Sends a release for each kind of step, and resolves when each is in the middle of its own. */
export async function sendFleet(system: TestSystem, name: string, platform: string): Promise<readonly Ship[]> {
  const ships: Ship[] = [];
  // The longest way first: it needs a release to retire.
  for (const kind of ['retire', 'approval', 'analyze', 'prepare'] as const)
    ships.push(await send(system, name, kind, platform));
  // A small machine runs two commands at a time, and the next two runs do not let go of theirs.
  await until(
    () => statuses(system, ships),
    (all) =>
      all.every(({ status }) => status.stages.some(({ name, phase }) => name === 'check' && phase === 'succeeded')),
  );
  for (const kind of ['test', 'build'] as const) ships.push(await send(system, name, kind, platform));
  await until(
    () => statuses(system, ships),
    (all) => all.every(({ ship, status }) => isInside(ship, status)),
    90_000,
  );
  return ships;
}

/** Lets go what was held. */
export function letGo({ kind, app }: Ship): void {
  const held = holds[kind];
  if (held) app.letGo(held);
}

export async function statuses(system: TestSystem, ships: readonly Ship[]) {
  const all = [];
  for (const ship of ships) all.push({ ship, status: await system.status(ship.run) });
  return all;
}

/** Whether the run is in the middle of its kind of step. */
export function isInside({ kind, app }: Ship, status: RunStatus): boolean {
  const runs = (stage: string) => status.stages.some(({ name, phase }) => name === stage && phase === 'running');
  const step = (title: RegExp) =>
    status.deployments.some(({ steps }) => steps.some((one) => one.phase === 'running' && title.test(one.title)));
  switch (kind) {
    case 'build':
      return runs('build') && app.count('build begin') > 0;
    case 'test':
      return runs('check') && app.count('unit_tests begin') > 0;
    case 'prepare':
      return step(/^start 1 replica/) && app.count(`start ${status.release}`) > 0;
    case 'analyze':
      return step(/^validation for/);
    case 'approval':
      return status.awaiting.length === 1;
    case 'retire':
      return step(/^retire the old release after/);
  }
}

async function send(system: TestSystem, name: string, kind: StepKind, platform: string): Promise<Ship> {
  const namespace = `${name}-${kind}`;
  const folder = join(system.home, 'apps', namespace);
  mkdirSync(folder, { recursive: true });
  const app = new TinyApp(folder);
  const pipeline = (options: Parameters<typeof tinyPipeline>[2]) =>
    tinyPipeline(join(folder, 'pipeline.yaml'), namespace, options);
  const run = (file: string, release: string) => system.run(file, release, '--app', app.source, '--platform', platform);

  if (kind === 'retire') {
    await system.end(await run(pipeline({}), '0.9.0'));
    app.change();
  }
  const held = holds[kind];
  if (held) app.hold(held);
  const file = pipeline({
    environment: {
      deployment_strategy: { blue_green: { retire_after: retireAfter } },
      approval_required: kind === 'approval',
    },
    deploy: kind === 'analyze' ? criteria : {},
  });
  return { kind, namespace, app, run: await run(file, '1.0.0'), release: '1.0.0' };
}

/** The platform of a fleet: anything runs here, and everything is told to one webhook. */
export function writePlatform(file: string, webhook: string): string {
  const platform = {
    apiVersion: 'framework0.io/v1',
    kind: 'ProductionPlatform',
    metadata: { name: 'chaos' },
    spec: { clusters: { '*': { type: 'local' } }, channels: { hook: { type: 'webhook', url: webhook } } },
  };
  writeFileSync(file, JSON.stringify(platform));
  return file;
}

/** What answers at an app's address. */
export async function whoServes(port: number): Promise<{ readonly status: number; readonly release: unknown }> {
  const { statusCode, headers, body } = await request(`http://127.0.0.1:${port}/`);
  await body.dump();
  return { status: statusCode, release: headers['x-f0-release'] };
}
