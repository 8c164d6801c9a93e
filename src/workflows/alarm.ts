import { log, workflowInfo } from '@temporalio/workflow';
import { alertFact } from '../analytics/alerting';
import type { Severity } from '../contracts/alerts';
import { rootMessage } from '../contracts/errors';
import type { DeploymentInput } from '../contracts/workflows';
import type { Announcer } from './announcer';
import { raiser } from './proxies';

/** An event has no end of its own. A day is long enough that whoever comes to work still sees it. */
const endsAfterSeconds = 86_400;

export interface Alarm {
  readonly name: string;
  readonly severity: Severity;
  readonly summary: string;
}

/** What an alarm is about: a deployment, or (without a plan) a run. */
interface AlarmSubject
  extends Pick<DeploymentInput, 'namespace' | 'pipeline' | 'release' | 'app' | 'channels' | 'alerting'> {
  readonly plan: { readonly environment: string } | null;
}

/**
 * Something has happened that people must know of: an alert, where the platform has alerting. In the background, as
 * what the announcer tells: nothing in a run waits for it. False: the platform has none, so the run itself has to tell.
 */
export function alarm(announcer: Announcer, subject: AlarmSubject, { name, severity, summary }: Alarm): boolean {
  const { namespace, pipeline, release, app, channels, alerting, plan } = subject;
  if (!alerting) return false;
  const labels = { namespace, workflow: pipeline, environment: plan?.environment, app: app.name, release };
  const { workflowId } = workflowInfo();
  const at = new Date().toISOString();
  const fact = alertFact({ name, severity, labels, summary, workflowId, state: 'firing', at, endsAfterSeconds });
  const input = { namespace, config: { channels, alerting }, facts: [fact] };
  announcer.inBackground(async () => {
    try {
      await raiser.raiseAlerts.executeWithOptions({ summary: name }, [input]);
    } catch (error) {
      log.warn('an alert could not be raised', { name, reason: rootMessage(error) });
    }
  });
  return true;
}
