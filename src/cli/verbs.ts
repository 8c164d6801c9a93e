import type { Verb } from './context';

const system = 'The system on this machine:';
const release = 'Releases:';
const inspect = 'Looking:';
const tools = 'Documents and tools:';

/** All verbs, in the order in which `f0 --help` shows them. */
export const verbs: readonly Verb[] = [
  verb('up', system, 'start everything on this machine, or find it at work', () => require('./commands/up')),
  verb('down', system, 'stop what `f0 up` started', () => require('./commands/down')),
  verb('demo', system, 'send three releases of the example shop through the pipeline', () =>
    require('./commands/demo'),
  ),
  verb('doctor', system, 'check what this machine needs', () => require('./commands/doctor')),
  verb('setup', system, 'register our search attributes in a Temporal namespace', () => require('./commands/setup')),
  verb('worker', system, 'serve task queues', () => require('./commands/worker')),
  verb('worker-version', system, 'show or move the build of the workers that new runs begin on', () =>
    require('./commands/worker-version'),
  ),
  verb('dashboards', system, "bring the product's dashboards into a Grafana", () => require('./commands/dashboards')),
  verb('console', system, 'serve the console beside workers that run elsewhere', () => require('./commands/console')),
  verb('user', system, 'add, remove or list those who sign in to the console by a password', () =>
    require('./commands/user'),
  ),
  verb('token', system, 'make, list or revoke tokens for services', () => require('./commands/token')),
  verb('codec-server', system, 'decode payloads for the web interface of Temporal', () =>
    require('./commands/codec-server'),
  ),

  verb('run', release, 'send a release through a workflow', () => require('./commands/run')),
  verb('approve', release, 'approve what a stage asks', () => require('./commands/approve')),
  verb('reject', release, 'reject what a stage asks', () => require('./commands/reject')),
  verb('pause', release, 'hold a run before its next step', () => require('./commands/pause')),
  verb('resume', release, 'let a paused run go on', () => require('./commands/resume')),
  verb('skip', release, 'give a stage up without running it', () => require('./commands/skip')),
  verb('abort', release, 'end a run; environments under change go back', () => require('./commands/abort')),
  verb('rollback', release, 'take a release out of every environment that it serves', () =>
    require('./commands/rollback'),
  ),
  verb('freeze', release, 'hold promotions into an environment', () => require('./commands/freeze')),
  verb('unfreeze', release, 'lift a freeze', () => require('./commands/unfreeze')),

  verb('status', inspect, 'show a run', () => require('./commands/status')),
  verb('watch', inspect, 'follow a run until it ends', () => require('./commands/watch')),
  verb('list', inspect, 'list runs', () => require('./commands/list')),
  verb('history', inspect, 'what happened in a run, or what ran in an environment', () =>
    require('./commands/history'),
  ),
  verb('trace', inspect, 'show where the time of a run went, as a waterfall', () => require('./commands/trace')),
  verb('drift', inspect, 'what somebody has changed in an environment since it was deployed to', () =>
    require('./commands/drift'),
  ),
  verb('alerts', inspect, 'what fires; acknowledge and silence it', () => require('./commands/alerts')),
  verb('logs', inspect, 'the output of the commands of a run', () => require('./commands/logs')),
  verb('kpis', inspect, 'how delivery does: the four keys of DORA, objectives, figures of the business', () =>
    require('./commands/kpis'),
  ),
  verb('audit', inspect, 'verify or export the audit trail', () => require('./commands/audit')),

  verb('init', tools, 'write a starter workflow, platform and app manifest', () => require('./commands/init')),
  verb('validate', tools, 'check documents', () => require('./commands/validate')),
  verb('import', tools, 'turn objects of Argo Rollouts, Flagger or Kargo into documents', () =>
    require('./commands/import'),
  ),
  verb('platform', tools, 'give the system a platform document: its objectives and figures are watched', () =>
    require('./commands/platform'),
  ),
  verb('plan', tools, 'show what a release would do; changes nothing', () => require('./commands/plan')),
  verb('keys', tools, 'make and show the keys that decisions are signed with', () => require('./commands/keys')),
  verb('schema', tools, 'print the JSON Schema of a kind', () => require('./commands/schema')),
  verb('completion', tools, 'print a completion script for your shell', () => require('./commands/completion')),
];

function verb(name: string, group: string, summary: string, load: Verb['load']): Verb {
  return { name, group, summary, load };
}
