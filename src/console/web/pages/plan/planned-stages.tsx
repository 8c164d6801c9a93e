import type { PlanPreview } from '../../../api';
import { Icon } from '../../parts/icons';

type Stages = NonNullable<PlanPreview['stages']>;

/** The stages that a release would pass, with the steps of each. */
export function PlannedStages({ stages }: { readonly stages: Stages }) {
  return (
    <>
      <p className="tone-good trend">
        <Icon name="succeeded" />
        The document is right: {stages.length} {stages.length === 1 ? 'stage' : 'stages'}
      </p>
      <ol className="planned">
        {stages.map(({ name, kind, requires, gates, environment, strategy, steps }) => (
          <li key={name}>
            <h3>{name}</h3>
            <p className="small soft">
              {[kind, environment, strategy].filter(Boolean).join(' · ')}
              {requires.length === 0 ? '' : `, after ${requires.join(', ')}`}
            </p>
            {gates.map((gate) => (
              <p key={gate} className="tone-wait trend small">
                <Icon name="awaiting" />
                waits at {gate}
              </p>
            ))}
            <ol className="planned-steps small">
              {steps.map((step, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two steps may have the same title, and they never move
                <li key={index}>{step}</li>
              ))}
            </ol>
          </li>
        ))}
      </ol>
    </>
  );
}
