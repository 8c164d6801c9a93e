import { resolve } from 'node:path';
import { Command } from 'commander';
import type { DecisionSigner } from '../../client';
import { createSigningKey, readSigningKey } from '../../client/signing-key-file';
import { homeOf } from '../../embedded/home';
import { addCommonOptions, type CommonOptions, type ConfigureVerb } from '../context';
import { example } from '../example';

interface KeyOptions extends CommonOptions {
  readonly file?: string;
  readonly id?: string;
}

export const configure: ConfigureVerb = (command, context) => {
  const { io, print } = context;
  const verb = (name: string, description: string, key: (file: string, id?: string) => DecisionSigner) => {
    const sub = addCommonOptions(new Command(name)).description(description).copyInheritedSettings(command);
    sub
      .option('--file <path>', 'the private key (default: the one that the system of this home signs with)')
      .option('--id <id>', 'what the platform calls it (default: made from the key)')
      .action((options: KeyOptions) => {
        const file =
          options.file === undefined ? homeOf(io.env, options.home).signingKeyFile : resolve(io.cwd, options.file);
        const { keyId, publicKey } = key(file, options.id);
        print(options.output, { id: keyId, publicKey, file }, () => keyText(keyId, publicKey, file));
      });
    return sub;
  };
  const create = verb('create', 'Make a key that decisions are signed with.', createSigningKey);
  example(create, 'f0 keys create --file alice.pem --id alice');
  const show = verb('show', 'Show the public half of a key.', readSigningKey);
  example(show, 'f0 keys show', 'f0 keys show --file alice.pem --id alice');
  command.addCommand(create).addCommand(show);
  example(command, 'f0 keys create --file alice.pem --id alice', 'f0 keys show');
};

function keyText(id: string, publicKey: string, file: string): string {
  return [
    `The private key is in ${file}: it never leaves this machine by us. For the platform document:`,
    '',
    'spec:',
    '  identity:',
    '    unsigned_approvals: false',
    '    signing_keys:',
    `      - { id: ${id}, public_key: "${publicKey}" }`,
  ].join('\n');
}
