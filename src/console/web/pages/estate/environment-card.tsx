import { useId } from 'react';
import { Link } from 'wouter';
import type { EstateEnvironment } from '../../../api';
import { Ago } from '../../parts/ago';
import { Icon } from '../../parts/icons';
import { HealthBadge } from '../../parts/status';
import { DriftLine } from './drift-line';
import { EnvironmentActions } from './environment-actions';

/** One place that releases stay in: who holds it, who waits, what holds it up. */
export function EnvironmentCard({ environment }: { readonly environment: EstateEnvironment }) {
  const { status, health, firingAlerts } = environment;
  const { environment: name, holders, waiting, freezes, rejected, current } = status;
  const heading = useId();
  return (
    <article className="environment" aria-labelledby={heading}>
      <header className="row spread">
        <h3 id={heading}>{name}</h3>
        <HealthBadge health={health} />
      </header>
      <ul className="environment-facts small">
        {current === null ? (
          <li className="soft">Nothing has been deployed here.</li>
        ) : (
          <li>
            <Icon name="succeeded" />
            <span>
              {current.app} <b className="mono">{current.release}</b>, deployed <Ago at={current.at} />
            </span>
          </li>
        )}
        {firingAlerts === 0 ? null : (
          <li className="tone-bad toned">
            <Icon name="alerts" />
            <Link href="/alerts">
              {firingAlerts} {firingAlerts === 1 ? 'alert fires' : 'alerts fire'}
            </Link>
          </li>
        )}
        {holders.map((holder) => (
          <li key={holder} className="tone-live toned">
            <Icon name="running" spin />
            <span>
              held by <span className="mono">{holderName(holder)}</span>
            </span>
          </li>
        ))}
        {waiting.map(({ workflowId, release, since }) => (
          <li key={workflowId}>
            <Icon name="waiting" />
            <span>
              <span className="mono">{release}</span> waits, queued <Ago at={since} />
            </span>
          </li>
        ))}
        {freezes.map(({ id, reason, by, until }) => (
          <li key={id} className="tone-frost toned">
            <Icon name="frozen" />
            <span>
              <b>Frozen</b> by {by}
              {until === null ? ', until lifted' : ', ends '}
              {until === null ? null : <Ago at={until} />}: {reason}
            </span>
          </li>
        ))}
        {rejected.map(({ app, release, reason, at }) => (
          <li key={`${app} ${release}`} className="tone-bad toned">
            <Icon name="rolledBack" />
            <span>
              {app} <span className="mono">{release}</span> rejected <Ago at={at} />: {reason}
            </span>
          </li>
        ))}
        <DriftLine environment={environment} />
      </ul>
      <EnvironmentActions environment={environment} />
    </article>
  );
}

/** `deployment/<namespace>/<app>/<environment>/<release>`, told as `<app> <release>`. */
function holderName(workflowId: string): string {
  const [, , app, , ...release] = workflowId.split('/');
  return app === undefined || release.length === 0 ? workflowId : `${app} ${release.join('/')}`;
}
