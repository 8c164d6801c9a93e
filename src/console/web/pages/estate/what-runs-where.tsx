import type { DeployedRelease } from '../../../../contracts/status';
import type { EstateEnvironment } from '../../../api';
import { Icon } from '../../parts/icons';
import { ScrollRegion } from '../../parts/scroll-region';
import { healthLook } from '../../parts/status';

interface WhatRunsWhereProps {
  readonly namespace: string;
  readonly environments: readonly EstateEnvironment[];
}

/** Apps down, environments across: who is behind is seen at once. */
export function WhatRunsWhere({ namespace, environments }: WhatRunsWhereProps) {
  const apps = [...new Set(environments.flatMap(({ status }) => status.serving.map(({ app }) => app)))].sort();
  if (apps.length === 0) return null;
  return (
    <ScrollRegion label={`What runs where in ${namespace}`}>
      <table className="table matrix">
        <caption className="sr-only">The releases that serve, one row an app and one column an environment</caption>
        <thead>
          <tr>
            <th scope="col">App</th>
            {environments.map(({ status, health }) => (
              <th key={status.environment} scope="col">
                <span className={`column-head tone-${healthLook(health).tone}`}>
                  <Icon name={healthLook(health).icon} />
                  {status.environment}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {apps.map((app) => (
            <tr key={app}>
              <th scope="row">{app}</th>
              {environments.map(({ status }, index) => (
                <td key={status.environment}>
                  <Releases
                    serving={status.serving.filter((one) => one.app === app)}
                    before={environments[index - 1]?.status.serving.filter((one) => one.app === app) ?? []}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

interface ReleasesProps {
  readonly serving: readonly DeployedRelease[];
  /** What the environment on the left serves of the same app. */
  readonly before: readonly DeployedRelease[];
}

/** Regions that serve the same are told once; a release that the environment on the left has no longer is marked. */
function Releases({ serving, before }: ReleasesProps) {
  const releases = [...new Set(serving.map(({ release }) => release))];
  if (releases.length === 0) return <span className="faint">–</span>;
  return (
    <ul>
      {releases.map((release) => {
        const places = serving.filter((one) => one.release === release);
        const regions = places.flatMap(({ region }) => (region === undefined ? [] : [region]));
        const differs = before.length > 0 && before.every((one) => one.release !== release);
        return (
          <li key={release} className="release-cell">
            <b className={differs ? 'mono differs' : 'mono'}>{release}</b>
            {differs ? <span className="sr-only">differs from the environment before it</span> : null}
            {places.every(({ verified }) => verified) ? (
              <span className="verified" title="its analyses passed: a rollback may go here">
                <Icon name="verified" />
                <span className="sr-only">verified</span>
              </span>
            ) : null}
            {releases.length > 1 && regions.length > 0 ? (
              <span className="small faint">{regions.join(', ')}</span>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
