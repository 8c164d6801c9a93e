import { connectTemporal } from '../../client';
import { registerSearchAttributes } from '../../embedded/temporal/search-attributes';
import { connectOptions } from '../connection';
import type { CommonOptions, ConfigureVerb } from '../context';
import { example } from '../example';

export const configure: ConfigureVerb = (command, context) => {
  command.action(async (options: CommonOptions) => {
    const client = await connectTemporal(connectOptions(context.io, options));
    try {
      const registered = await registerSearchAttributes(client);
      const { namespace } = client.options;
      context.print(options.output, { namespace, registered }, () =>
        registered.length === 0
          ? `The namespace ${namespace} has all of our search attributes.`
          : `Registered in the namespace ${namespace}: ${registered.join(', ')}.`,
      );
    } finally {
      await client.connection.close();
    }
  });
  example(command, 'TEMPORAL_ADDRESS=temporal.example.com:7233 TEMPORAL_NAMESPACE=production f0 setup');
};
