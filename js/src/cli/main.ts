// The command `paysign`: it finds the subcommand, and prints each error as one line.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { printable } from '../testing/shown.js';
import { gatewayCommand } from './gateway.js';
import { type Command, UsageError } from './usage.js';

const COMMANDS: Readonly<Record<string, Command>> = { gateway: gatewayCommand };

const HELP = `paysign: WeChat Pay for mini programs, at the command line

Usage: paysign <command> [options]

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join('\n')}

\`paysign <command> --help\` explains each command.
`;

async function main([name, ...rest]: readonly string[]): Promise<void> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(HELP);
    return;
  }
  if (name === '--version') {
    process.stdout.write(`${packageVersion()}\n`);
    return;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    throw new UsageError(`unknown command ${name}; use one of: ${Object.keys(COMMANDS).join(', ')}`, 'paysign --help');
  }
  if (rest.includes('--help') || rest.includes('-h')) process.stdout.write(command.help);
  else await command.run(rest);
}

/** Returns the version in the package.json, which is beside the built command. */
function packageVersion(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(join(__dirname, 'package.json'), 'utf8'));
  return manifest.version;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const isUsage = error instanceof UsageError;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`paysign: ${printable(message)}\n${isUsage ? `Try: ${error.help}\n` : ''}`);
  process.exitCode = isUsage ? 2 : 1;
});
