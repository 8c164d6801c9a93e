import { parseDuration } from './duration';
import { asList } from './lists';
import type { ProductionWorkflow, StageSpec } from './schema/production-workflow';

/** The built-in gate that `requires` may name beside stages. */
export const manualApproval = 'manual_approval';

/** A stage with the older fields read as the newer ones, and its place in the order made explicit. */
export interface NormalStage {
  readonly spec: StageSpec;
  readonly index: number;
  /** Stages only. */
  readonly requires: readonly string[];
  /** `manual_approval` is required, or the stage is one. */
  readonly asksApproval: boolean;
  /** The field that holds the requirements in this document, for messages. */
  readonly requiresField: 'requires' | 'depends_on';
  readonly commands: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly image: string | null;
  readonly timeoutSeconds: number | null;
}

export function normalStages({ spec }: ProductionWorkflow): readonly NormalStage[] {
  return spec.pipeline_stages.map((stage, index) => {
    const before = spec.pipeline_stages[index - 1]?.name;
    const listed = stage.requires ?? stage.depends_on;
    const stated = listed?.filter((name) => name !== manualApproval);
    // Only the gate is named: the order of the list still holds.
    const implied = listed === undefined || (stated?.length === 0 && listed.length > 0);
    return {
      spec: stage,
      index,
      requires: implied ? (before === undefined ? [] : [before]) : [...new Set(stated)],
      asksApproval: (listed ?? []).includes(manualApproval) || stage.stage_type === 'approval',
      requiresField: stage.requires === undefined && stage.depends_on !== undefined ? 'depends_on' : 'requires',
      commands: asList(stage.run ?? stage.command ?? stage.script),
      env: stringsOf({ ...stage.environment_variables, ...stage.env }),
      image: stage.image ?? stage.container_image ?? null,
      timeoutSeconds: stage.timeout === undefined ? (stage.timeout_seconds ?? null) : parseDuration(stage.timeout),
    };
  });
}

/** Environment variables are text, however a document writes them. */
export function stringsOf(
  values: Readonly<Record<string, string | number | boolean>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}
