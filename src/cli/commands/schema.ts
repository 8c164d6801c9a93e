import { jsonSchemas } from '../../definition';
import type { CommonOptions, ConfigureVerb } from '../context';
import { example } from '../example';
import { UsageError } from '../exit-code';

export const configure: ConfigureVerb = (command, context) => {
  command
    .argument('[kind]', 'for example ProductionWorkflow')
    .action((kind: string | undefined, options: CommonOptions) => {
      const schemas = new Map<string, unknown>(Object.entries(jsonSchemas()));
      const schema = kind === undefined ? Object.fromEntries(schemas) : schemas.get(kind);
      if (schema === undefined)
        throw new UsageError(`there is no kind "${kind}": the kinds are ${[...schemas.keys()].join(', ')}`);
      // A schema is for programs: as text it is JSON too.
      context.print(options.output, schema, () => JSON.stringify(schema, null, 2));
    });
  example(command, 'f0 schema ProductionWorkflow > workflow.schema.json', 'f0 schema');
};
