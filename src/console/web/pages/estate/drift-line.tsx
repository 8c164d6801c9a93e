import type { EstateEnvironment } from '../../../api';
import { Ago } from '../../parts/ago';
import { Icon } from '../../parts/icons';

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
  const objects = drift.result.releases.flatMap(({ report }) => report?.objects ?? []);
  const blind = drift.result.releases.flatMap(({ app, unavailable }) =>
    unavailable === null ? [] : [`${app}: ${unavailable}`],
  );
  return (
    <>
      <li className={drift.result.drifted ? 'tone-wait toned' : ''}>
        <Icon name={drift.result.drifted ? 'drift' : 'verified'} />
        <span>
          {drift.result.drifted ? <b>Drifted</b> : 'as deployed'}, seen <Ago at={drift.at} />
          {objects.length === 0 ? null : (
            <details>
              <summary>
                {objects.length} {objects.length === 1 ? 'object differs' : 'objects differ'}
              </summary>
              <ul className="drift-objects">
                {objects.map((object) => (
                  <li key={`${object.kind} ${object.name}`}>
                    <span className="mono">
                      {object.kind}/{object.name}
                    </span>{' '}
                    {object.state === 'missing' ? 'is missing' : null}
                    {object.fields.map(({ path, expected, found, by }) => (
                      <p key={path} className="soft">
                        <span className="mono">{path}</span>: {JSON.stringify(expected)} →{' '}
                        <b>{JSON.stringify(found)}</b>
                        {by === null ? '' : ` by ${by.manager}`}
                      </p>
                    ))}
                  </li>
                ))}
              </ul>
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
