import { runVerb } from '../lifecycle';

export const configure = runVerb('pause', (client, run, command) => client.pause(run, command));
