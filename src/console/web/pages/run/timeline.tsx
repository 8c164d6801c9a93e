import type { TimelineEvent } from '../../../../contracts/status';
import { useTimeline } from '../../api/queries';
import { dayOf, exactTime, timeOfDay } from '../../format/time';
import { Panel } from '../../parts/panel';
import { ScrollRegion } from '../../parts/scroll-region';
import { Loaded } from '../../parts/states';

/** Every decision and why, the newest first. */
export function Timeline({ id }: { readonly id: string }) {
  const query = useTimeline(id);
  return (
    <Panel title="Timeline" className="timeline-panel">
      <ScrollRegion label="Events">
        <Loaded query={query} rows={3}>
          {({ events }) =>
            events.length === 0 ? (
              <p className="faint">Nothing has happened yet.</p>
            ) : (
              <ol className="timeline" aria-live="polite" aria-relevant="additions">
                {events.toReversed().map((event, index, all) => (
                  <Entry
                    key={`${event.at} ${event.actor} ${event.message}`}
                    event={event}
                    newDay={index === 0 || dayOf(event.at) !== dayOf(all[index - 1]?.at ?? event.at)}
                  />
                ))}
              </ol>
            )
          }
        </Loaded>
      </ScrollRegion>
    </Panel>
  );
}

function Entry({
  event: { at, stage, actor, message },
  newDay,
}: {
  readonly event: TimelineEvent;
  readonly newDay: boolean;
}) {
  const byPerson = actor !== 'framework0' && actor !== 'system';
  return (
    <li className={byPerson ? 'by-person' : ''}>
      {newDay ? <p className="timeline-day small faint">{dayOf(at)}</p> : null}
      <p className="timeline-meta small">
        <time dateTime={at} title={exactTime(at)} className="mono">
          {timeOfDay(at)}
        </time>
        <b>{actor}</b>
        {stage === undefined ? null : <span className="faint">{stage}</span>}
      </p>
      <p>{message}</p>
    </li>
  );
}
