import { runVerb } from '../lifecycle';

export const configure = runVerb('abort', (client, run, command) => client.abort(run, command));
