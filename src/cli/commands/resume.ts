import { runVerb } from '../lifecycle';

export const configure = runVerb('resume', (client, run, command) => client.resume(run, command));
