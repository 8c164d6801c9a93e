import { stopSystem } from '../../embedded/down';
import { homeOf } from '../../embedded/home';
import type { CommonOptions, ConfigureVerb } from '../context';
import { example } from '../example';

export const configure: ConfigureVerb = (command, context) => {
  command.action(async (options: CommonOptions) => {
    const home = homeOf(context.io.env, options.home);
    const stopped = await stopSystem(home);
    context.print(options.output, { home: home.root, stopped }, () =>
      stopped.length === 0
        ? `Nothing runs in ${home.root}.`
        : `Stopped ${stopped.join(', and ')}. Its runs go on with the next \`f0 up\`.`,
    );
  });
  example(command, 'f0 down');
};
