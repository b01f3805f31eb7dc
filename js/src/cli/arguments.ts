// The arguments of a command, parsed by its table of options. No value of an argument is repeated: it may be a secret.

import { parseArgs } from 'node:util';
import { LANGUAGES, type Language } from './language.js';
import { type Command, type Given, type Option, UsageError } from './usage.js';

/** The options of every command. */
export const COMMON: readonly Option[] = [
  { name: 'json', text: { en: 'print JSON, for scripts', zh: '输出 JSON，供脚本使用' } },
  {
    name: 'lang',
    value: 'en|zh',
    choices: LANGUAGES,
    text: { en: 'language; default by the locale', zh: '语言；默认取决于系统区域' },
  },
  { name: 'help', text: { en: 'print this help', zh: '显示本帮助' } },
];

/** Options that would contain a secret, and what to use in their place. Other users of the machine can see arguments. */
const SECRETS: Readonly<Record<string, string>> = {
  key: '--key-file, --key-env',
  'api-v3-key': '--api-v3-key-file, --api-v3-key-env',
  passphrase: '--passphrase-file, --passphrase-env',
  password: '--passphrase-file, --passphrase-env',
  secret: '--key-file, --key-env',
};

/** Parses the arguments. Throws a `UsageError` if they are invalid. */
export function readArguments(name: string, command: Command, args: readonly string[], language: Language): Given {
  const help = `paysign ${name} --help`;
  const wrong = (text: Readonly<Record<Language, string>>) => new UsageError(text[language], help);
  const options = [...command.options, ...COMMON];
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      options.map(({ name, value }) => [name, { type: value === undefined ? 'boolean' : 'string' }] as const),
    ),
  });
  const files: string[] = [];
  const values = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') files.push(token.value);
    if (token.kind !== 'option') continue;
    const option = options.find((one) => one.name === token.name);
    if (option === undefined) throw wrong(unknown(token.name, options));
    const flag = `--${option.name}`;
    if (option.value === undefined && token.value !== undefined)
      throw wrong({ en: `${flag} takes no value; write it alone`, zh: `${flag} 不带值；请单独写` });
    // A value that looks like an option is a forgotten value. `--name=-value` is clear.
    const isForgotten = !token.inlineValue && /^-./.test(token.value ?? '-x');
    if (option.value !== undefined && (token.value === '' || isForgotten))
      throw wrong({
        en: `${flag} has no value; write ${flag} ${option.value}`,
        zh: `${flag} 缺少值；请写 ${flag} ${option.value}`,
      });
    if (option.choices !== undefined && !option.choices.includes(token.value ?? ''))
      throw wrong({
        en: `${flag} must be one of ${option.choices.join(', ')}`,
        zh: `${flag} 只能是 ${option.choices.join('、')}`,
      });
    const before = values.get(option.name) ?? [];
    if (before.length > 0 && option.value !== undefined && !option.isRepeated)
      throw wrong({ en: `${flag} is there twice; write it once`, zh: `${flag} 出现两次；请只写一次` });
    values.set(option.name, [...before, token.value ?? '']);
  }
  if (files.length > 1) throw wrong({ en: 'there are several files; name one', zh: '有多个文件；请只写一个' });
  return {
    file: files[0],
    text: (name) => values.get(name)?.[0],
    all: (name) => values.get(name) ?? [],
    has: (name) => values.has(name),
    language,
    say: (text) => text[language],
    wrong,
  };
}

/** The error about an option that does not exist, with the nearest one. */
function unknown(name: string, options: readonly Option[]): Readonly<Record<Language, string>> {
  const instead = Object.hasOwn(SECRETS, name) ? SECRETS[name] : undefined;
  if (instead !== undefined)
    return {
      en: `--${name} would put a secret among the arguments, which other users can see; use ${instead} or the prompt`,
      zh: `--${name} 会把密钥写进命令行参数，其他用户看得到；请用 ${instead} 或按提示输入`,
    };
  // A short cluster may be a secret that begins with a hyphen.
  const shownName = /^[a-z][a-z0-9-]{1,24}$/.test(name) ? ` --${name}` : '';
  const near = options.map((one) => one.name).find((one) => distance(one, name) <= 2);
  return near === undefined
    ? { en: `there is no option${shownName}; see the help`, zh: `没有选项${shownName}；请看帮助` }
    : { en: `there is no option${shownName}; did you mean --${near}?`, zh: `没有选项${shownName}；是不是 --${near}？` };
}

/** How many letters differ: added, left out or changed. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (const [to, second] of [...other].entries())
      next.push(Math.min((next[to] ?? 0) + 1, (row[to + 1] ?? 0) + 1, (row[to] ?? 0) + (letter === second ? 0 : 1)));
    row = next;
  }
  return row[other.length] ?? 0;
}
