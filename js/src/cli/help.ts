// The help of a command, made from its table of options.

import { COMMON } from './arguments.js';
import type { Language, Text } from './language.js';
import { padded, widthOf } from './terminal.js';
import type { Command, Option } from './usage.js';

const USAGE: Text = { en: 'Usage:', zh: '用法：' };
const OPTIONS: Text = { en: 'Options:', zh: '选项：' };
const EXAMPLES: Text = { en: 'Examples:', zh: '示例：' };
const EXIT_CODES: Text = {
  en: 'Exit codes: 0 right or done, 1 wrong, 2 a wrong call.',
  zh: '退出码：0 正确或完成，1 错误（如签名不符），2 用法错误。',
};

/** The whole text. */
export function helpOf(name: string, command: Command, language: Language): string {
  const options = [...command.options, ...COMMON];
  const width = Math.max(...options.map((one) => widthOf(flagOf(one))));
  return [
    `paysign ${name}: ${command.summary[language]}`,
    '',
    ...command.usage.map(
      (usage, at) => `${at === 0 ? USAGE[language] : padded('', widthOf(USAGE[language]))} paysign ${usage}`,
    ),
    '',
    command.about[language],
    '',
    OPTIONS[language],
    ...options.map((one) => `  ${padded(flagOf(one), width)}  ${one.text[language]}`),
    '',
    EXAMPLES[language],
    ...command.examples.map((example) => `  ${example}`),
    '',
    EXIT_CODES[language],
    '',
  ].join('\n');
}

const flagOf = ({ name, value }: Option) => `--${name}${value === undefined ? '' : ` ${value}`}`;
