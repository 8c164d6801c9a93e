import { Command } from 'commander';
import { addCommonOptions, type CliContext } from './context';

export type Shell = 'bash' | 'zsh' | 'fish';

interface VerbWords {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly { readonly flag: string; readonly description: string }[];
}

/** A script that completes verbs, their options and file names; made from the verbs themselves. */
export function completionScript(shell: Shell, context: CliContext): string {
  const words = context.verbs.map(({ name, summary, load }): VerbWords => {
    const command = addCommonOptions(new Command(name));
    load().configure(command, context);
    const options = command.options.map(({ long, short, description }) => ({ flag: long ?? short ?? '', description }));
    return {
      name,
      summary: summary.replaceAll('`', ''),
      options: [...options, { flag: '--help', description: 'show help' }],
    };
  });
  return { bash, zsh, fish }[shell](words);
}

function bash(words: readonly VerbWords[]): string {
  const cases = words.map(({ name, options }) => `    ${name}) words="${options.map((one) => one.flag).join(' ')}" ;;`);
  return `_f0() {
  local word="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${words.map((one) => one.name).join(' ')} help" -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  if [[ "$word" == -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _f0 f0
`;
}

function zsh(words: readonly VerbWords[]): string {
  const list = words.map(({ name, summary }) => `    ${single(`${name}:${summary}`)}`).join('\n');
  const cases = words.map(({ name, options }) => {
    const flags = options.map(({ flag, description }) => single(`${flag}[${description.replace(/[[\]:]/g, '')}]`));
    return `    ${name}) _arguments ${flags.join(' ')} '*:file:_files' ;;`;
  });
  return `#compdef f0
_f0() {
  local -a verbs
  verbs=(
${list}
  )
  if (( CURRENT == 2 )); then
    _describe 'verb' verbs
    return
  fi
  local verb=$words[2]
  shift words
  (( CURRENT-- ))
  case $verb in
${cases.join('\n')}
  esac
}
_f0 "$@"
`;
}

function fish(words: readonly VerbWords[]): string {
  const verbLines = words.map(
    ({ name, summary }) => `complete -c f0 -n __fish_use_subcommand -f -a ${name} -d ${single(summary)}`,
  );
  const optionLines = words.flatMap(({ name, options }) =>
    options.map(
      ({ flag, description }) =>
        `complete -c f0 -n '__fish_seen_subcommand_from ${name}' -l ${flag.replace(/^--/, '')} -d ${single(description)}`,
    ),
  );
  return `${[...verbLines, ...optionLines].join('\n')}\n`;
}

function single(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
