import type { AlertInhibition, AlertingPlan, AlertMatchers, AlertRoute } from './alerting-plan';
import { secondsOf } from './duration';
import type { Alerting } from './schema/alerting';
import type { TimeScale } from './time-scale';

/** @param channels the names of all channels: where no route is written, every one of them gets every alert */
export function planAlerting(spec: Alerting, channels: readonly string[], scale: TimeScale): AlertingPlan {
  const seconds = (text: string) => scale.plain(secondsOf(text, 0));
  const routes = spec.routes.map(
    (route, index): AlertRoute => ({
      name: route.name ?? `route-${index + 1}`,
      matchers: listed(route.match),
      groupBy: route.group_by,
      groupWaitSeconds: seconds(route.group_wait),
      groupIntervalSeconds: seconds(route.group_interval),
      repeatEverySeconds: seconds(route.repeat_every) || null,
      channels: route.channels,
      escalate: route.escalate
        .map(({ after, channels }) => ({ afterSeconds: seconds(after), channels }))
        .sort((a, b) => a.afterSeconds - b.afterSeconds),
      goOn: route.continue,
    }),
  );
  const inhibit = spec.inhibit.map(
    ({ source, target, equal }): AlertInhibition => ({ source: listed(source), target: listed(target), equal }),
  );
  return { routes: routes.length > 0 ? routes : channels.map((channel) => wholeRoute(channel, scale)), inhibit };
}

/** A route of its own for each channel: one that fails keeps nothing from the others. */
function wholeRoute(channel: string, scale: TimeScale): AlertRoute {
  return {
    name: `all-${channel}`,
    matchers: {},
    groupBy: ['namespace', 'environment', 'alertname'],
    groupWaitSeconds: scale.plain(1),
    groupIntervalSeconds: scale.plain(30),
    repeatEverySeconds: scale.plain(4 * 3600),
    channels: [channel],
    escalate: [],
    goOn: true,
  };
}

function listed(matchers: Readonly<Record<string, string | readonly string[]>>): AlertMatchers {
  return Object.fromEntries(
    Object.entries(matchers).map(([label, value]) => [label, typeof value === 'string' ? [value] : value]),
  );
}
