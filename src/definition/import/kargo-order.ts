import { nearestName } from '../nearest-name';
import { findCycle } from '../stage-order';
import type { ForeignObject } from './foreign-object';
import type { KargoStageSpec } from './kargo-schema';
import type { ImportReport } from './report';

export interface KargoStage {
  readonly object: ForeignObject;
  readonly spec: KargoStageSpec;
}

/** A stage before another one, with the time that freight has to stay there. */
export interface Upstream {
  readonly stage: KargoStage;
  readonly soak: string | null;
  /** Where that is said. */
  readonly place: { readonly object: ForeignObject; readonly path: readonly (string | number)[] };
}

/** Stages without steps only gather or spread freight: nothing is deployed there. */
export function deploys({ spec }: KargoStage): boolean {
  return (spec.promotionTemplate?.spec.steps ?? []).length > 0;
}

/** The deploying stages that come before this one, through those that deploy nothing. */
export function upstreamsOf(
  stage: KargoStage,
  stages: readonly KargoStage[],
  around: readonly KargoStage[] = [],
): readonly Upstream[] {
  return stage.spec.requestedFreight.flatMap(({ sources }, request) =>
    sources.stages.flatMap((name): readonly Upstream[] => {
      const before = stages.find(({ object }) => object.name === name);
      if (!before || around.includes(before)) return [];
      const path = ['spec', 'requestedFreight', request, 'sources', 'requiredSoakTime'];
      const own: Upstream = {
        stage: before,
        soak: sources.requiredSoakTime ?? null,
        place: { object: stage.object, path },
      };
      if (deploys(before)) return [own];
      const through = upstreamsOf(before, stages, [...around, stage]);
      return through.map((one) => (own.soak === null ? one : { ...one, soak: own.soak, place: own.place }));
    }),
  );
}

/** What requests of freight say that an order of stages does not. */
export function tellOfRequests(
  { object, spec }: KargoStage,
  stages: readonly KargoStage[],
  report: ImportReport,
): void {
  const names = stages.map((stage) => stage.object.name);
  for (const [index, { sources }] of spec.requestedFreight.entries()) {
    const path = ['spec', 'requestedFreight', index, 'sources'];
    if (!sources.direct && sources.stages.length === 0) {
      report.error({ object, path }, 'freight comes from nowhere', 'direct: true, or stages');
    }
    for (const [at, name] of sources.stages.entries()) {
      if (names.includes(name)) continue;
      const place = { object, path: [...path, 'stages', at] };
      const expected = 'the file that holds it beside the others: f0 import FILE FILE';
      report.error(place, `the files hold no Stage "${name}"`, expected, nearestName(name, names));
    }
    if (sources.stages.length > 1 && sources.availabilityStrategy !== 'All') {
      const message = 'freight of any of these stages will do; here the release has passed all of them';
      report.unsupported(
        { object, path: [...path, 'stages'] },
        message,
        'leave out of requires what need not come first',
      );
    }
    if (sources.direct && sources.stages.length > 0) {
      const message = 'freight comes from its warehouse too; here the release has passed the stages before';
      report.unsupported(
        { object, path: [...path, 'direct'] },
        message,
        'write a workflow of its own for the short way',
      );
    }
  }
}

/** Freight that goes in a circle never arrives. */
export function tellOfCycle(stages: readonly KargoStage[], report: ImportReport): void {
  const names = stages.map(({ object }) => object.name);
  const nodes = stages.map(({ object, spec }) => ({
    name: object.name,
    requires: spec.requestedFreight.flatMap(({ sources }) => sources.stages.filter((name) => names.includes(name))),
  }));
  const cycle = findCycle(nodes);
  const first = stages.find(({ object }) => object.name === cycle?.[0]);
  if (!cycle || !first) return;
  const place = { object: first.object, path: ['spec', 'requestedFreight'] };
  report.error(place, `these stages wait for each other: ${cycle.join(' -> ')}`, 'an order that ends');
}

/** A release is one artifact: freight of several warehouses does not travel apart. */
export function tellOfOrigins(stages: readonly KargoStage[], report: ImportReport): void {
  const first = stages[0]?.spec.requestedFreight[0]?.origin;
  for (const { object, spec } of stages) {
    for (const [index, { origin }] of spec.requestedFreight.entries()) {
      if (origin.kind === first?.kind && origin.name === first.name) continue;
      const place = { object, path: ['spec', 'requestedFreight', index, 'origin', 'name'] };
      const message = `"${origin.name}" is another origin than "${first?.name}": a release here is one artifact`;
      report.unsupported(place, message, 'write a workflow of its own for each origin');
    }
  }
}
