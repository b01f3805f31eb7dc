// The command `paysign`: it finds the subcommand, and prints each error as one line.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../testing/shown.js';
import { readArguments } from './arguments.js';
import { billCommand } from './bill.js';
import { certCommand } from './cert.js';
import { completionCommand } from './completion.js';
import { explainCommand } from './explain.js';
import { helpOf } from './help.js';
import { type Language, languageOf, type Text } from './language.js';
import { noticeCommand } from './notice.js';
import { payParamsCommand } from './pay-params.js';
import { signCommand } from './sign.js';
import { type Command, type Option, UsageError } from './usage.js';
import { verifyCommand } from './verify.js';

/** The commands with a table of options, in the order of the help. */
const COMMANDS: Readonly<Record<string, Command>> = {
  sign: signCommand,
  verify: verifyCommand,
  explain: explainCommand,
  'pay-params': payParamsCommand,
  notice: noticeCommand,
  bill: billCommand,
  cert: certCommand,
  completion: completionCommand(() => NAMES, optionsOf),
};

/** The gateway has its own parser and its own help. It loads the whole simulator, so it is loaded when it is called. */
const gateway = () => (require('./gateway.js') as typeof import('./gateway.js')).gatewayCommand;
const GATEWAY: Text = { en: 'a local WeChat Pay, with a page to pay on', zh: '本机的微信支付，带付款页面' };

const NAMES: readonly string[] = [...Object.keys(COMMANDS), 'gateway'];

const ABOUT: Text = {
  en: 'paysign: WeChat Pay for mini programs, at the command line\n\nUsage: paysign <command> [options]\n\n',
  zh: 'paysign：小程序微信支付的命令行工具\n\n用法：paysign <命令> [选项]\n\n',
};
const MORE: Text = {
  en: '`paysign <command> --help` explains each command. Keys are read from files, variables or a prompt, never from arguments.\n',
  zh: '`paysign <命令> --help` 说明每个命令。密钥从文件、环境变量或提示读取，不写在参数里。\n',
};

async function main([name, ...rest]: readonly string[], language: Language): Promise<boolean> {
  if (name === undefined || /^(--help|-h|help|--lang(=.*)?)$/.test(name)) {
    process.stdout.write(helpOfAll(language));
    return true;
  }
  if (name === '--version') {
    process.stdout.write(`${packageVersion()}\n`);
    return true;
  }
  if (name === 'gateway') {
    if (wantsHelp(rest)) process.stdout.write(gateway().help[language]);
    else await gateway().run(rest);
    return true;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    const known = NAMES.join(', ');
    const text = { en: `unknown command ${name}; use one of: ${known}`, zh: `未知命令 ${name}；可用：${known}` };
    throw new UsageError(text[language], 'paysign --help');
  }
  if (wantsHelp(rest)) {
    process.stdout.write(helpOf(name, command, language));
    return true;
  }
  return command.run(readArguments(name, command, rest, language));
}

const wantsHelp = (args: readonly string[]) => args.includes('--help') || args.includes('-h');

const helpOfAll = (language: Language) =>
  [
    ABOUT[language],
    ...NAMES.map((name) => `  ${name.padEnd(10)} ${(COMMANDS[name]?.summary ?? GATEWAY)[language]}\n`),
    `\n${MORE[language]}`,
  ].join('');

/** The options of the gateway are those in its help. */
function optionsOf(name: string): readonly Option[] {
  const command = COMMANDS[name];
  if (command !== undefined) return command.options;
  const { en } = gateway().help;
  return [...en.matchAll(/^ {2}--([\w-]+)(?: (<))?/gm)].map(([, option = '', value]) => ({
    name: option,
    text: { en: '', zh: '' },
    ...(value !== undefined && { value: '' }),
  }));
}

/** Returns the version in the package.json, which is beside the built command. */
function packageVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(join(__dirname, 'package.json'), 'utf8'));
  return manifest.version;
}

const args = process.argv.slice(2);
// The gateway ends by itself when nobody reads its output.
if (args[0] !== 'gateway')
  for (const output of [process.stdout, process.stderr])
    output.on('error', (error: Error & { code?: string }) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit(process.exitCode ?? 0);
    });

main(args, languageOf(args, process.env)).then(
  (isRight) => {
    if (!isRight) process.exitCode = 1;
  },
  (error: unknown) => {
    const isUsage = error instanceof UsageError;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`paysign: ${printable(message)}\n${isUsage ? `Try: ${error.help}\n` : ''}`);
    process.exitCode = isUsage ? 2 : 1;
  },
);
