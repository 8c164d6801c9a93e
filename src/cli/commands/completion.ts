import { Argument } from 'commander';
import { completionScript, type Shell } from '../completion';
import type { ConfigureVerb } from '../context';
import { example } from '../example';

export const configure: ConfigureVerb = (command, context) => {
  command
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh', 'fish']))
    .action((shell: Shell) => context.io.stdout.write(completionScript(shell, context)));
  example(
    command,
    'f0 completion bash > ~/.local/share/bash-completion/completions/f0',
    'f0 completion zsh > "$fpath[1]/_f0"',
    'f0 completion fish > ~/.config/fish/completions/f0.fish',
  );
};
