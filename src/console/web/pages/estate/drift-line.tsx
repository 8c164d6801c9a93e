import type { EstateEnvironment } from '../../../api';
import { Ago } from '../../parts/ago';
import { Icon } from '../../parts/icons';
import { DriftObjects } from './drift-objects';

/** What somebody has changed beside us, or when we last looked and found nothing. */
export function DriftLine({ environment: { drift } }: { readonly environment: EstateEnvironment }) {
  if (drift === null) {
    return (
      <li className="faint">
        <Icon name="drift" />
        never looked for drift
      </li>
    );
  }
  const { drifted, releases } = drift.result;
  const objects = releases.flatMap(({ report }) => report?.objects ?? []);
  const blind = releases.flatMap(({ app, unavailable }) => (unavailable === null ? [] : [`${app}: ${unavailable}`]));
  return (
    <>
      <li className={drifted ? 'tone-wait toned' : ''}>
        <Icon name={drifted ? 'drift' : 'verified'} />
        <span>
          {drifted ? <b>Drifted</b> : objects.length > 0 ? 'healed' : 'as deployed'}, seen <Ago at={drift.at} />
          {objects.length === 0 ? null : (
            <details>
              <summary>
                {objects.length} {objects.length === 1 ? 'object' : 'objects'}
              </summary>
              <DriftObjects releases={releases} />
            </details>
          )}
        </span>
      </li>
      {blind.map((why) => (
        <li key={why} className="tone-wait toned">
          <Icon name="degraded" />
          <span>could not look at {why}</span>
        </li>
      ))}
    </>
  );
}
