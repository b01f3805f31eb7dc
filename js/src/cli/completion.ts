// `paysign completion`: a script that completes commands and options in bash, zsh and fish.

import { COMMON } from './arguments.js';
import { print } from './terminal.js';
import type { Command, Option } from './usage.js';

/** Makes the command, which completes these commands. `optionsOf` returns the options of a command. */
export function completionCommand(
  names: () => readonly string[],
  optionsOf: (name: string) => readonly Option[],
): Command {
  return {
    summary: { en: 'print a script for completion in a shell', zh: '输出 shell 自动补全脚本' },
    usage: ['completion bash|zsh|fish'],
    about: {
      en: 'Prints the script for one shell. Load it from the start file of the shell.',
      zh: '输出一种 shell 的补全脚本。请在 shell 的启动文件中加载。',
    },
    options: [],
    examples: [
      'source <(paysign completion bash)',
      'source <(paysign completion zsh)',
      'paysign completion fish | source',
    ],
    words: SHELLS,
    async run(given) {
      const { file: shell = '' } = given;
      if (!SHELLS.includes(shell))
        throw given.wrong({ en: 'name the shell: bash, zsh or fish', zh: '请写明 shell：bash、zsh 或 fish' });
      const commands = names().map((name) => ({ name, options: [...optionsOf(name), ...COMMON] }));
      const script = shell === 'fish' ? fish(commands, given.language) : bash(commands);
      const text = shell === 'zsh' ? `autoload -U +X bashcompinit && bashcompinit\n${script}` : script;
      await print(given.has('json') ? JSON.stringify({ shell, script: text }) : text);
      return true;
    },
  };
}

const SHELLS: readonly string[] = ['bash', 'zsh', 'fish'];

interface Completed {
  name: string;
  options: readonly Option[];
}

/** zsh reads this script too, with its own emulation. After an option with a value bash completes files. */
function bash(commands: readonly Completed[]): string {
  const cases = commands.map(
    ({ name, options }) => `    ${name}) words='${options.map((one) => `--${one.name}`).join(' ')}' ;;`,
  );
  const choices = new Map(
    commands.flatMap(({ options }) => options.flatMap(({ name, choices: all }) => (all ? [[name, all] as const] : []))),
  );
  const values = [...choices].map(
    ([name, all]) => `    --${name}) COMPREPLY=($(compgen -W '${all.join(' ')}' -- "$current")); return ;;`,
  );
  return `_paysign() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} --help --version' -- "$current"))
    return
  fi
  case "$before" in
${values.join('\n')}
  esac
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  if [ "\${COMP_WORDS[1]}" = completion ]; then
    COMPREPLY=($(compgen -W '${SHELLS.join(' ')}' -- "$current"))
  elif [ "\${current#-}" != "$current" ]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _paysign paysign`;
}

function fish(commands: readonly Completed[], language: 'en' | 'zh'): string {
  const quoted = (text: string) => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
  return [
    `complete -c paysign -n __fish_use_subcommand -f -a ${quoted(commands.map(({ name }) => name).join(' '))}`,
    ...commands.flatMap(({ name, options }) =>
      options.map(
        ({ name: option, value, text, choices }) =>
          `complete -c paysign -n '__fish_seen_subcommand_from ${name}' -l ${option}${value === undefined ? '' : ' -r'}` +
          `${choices === undefined ? '' : ` -f -a ${quoted(choices.join(' '))}`} -d ${quoted(text[language])}`,
      ),
    ),
    `complete -c paysign -n '__fish_seen_subcommand_from completion' -f -a '${SHELLS.join(' ')}'`,
  ].join('\n');
}
