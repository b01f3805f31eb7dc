// A Python client of other authors in its own process, which takes one question a line and trusts the gateway.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { outsidePython } from '../../js/scripts/python.mjs';
import { authorityOf, endLater, questions } from './outside-support.mjs';

/** The client of a file, by its path from here. */
export async function startPython(gateway, file, config) {
  const program = fileURLToPath(new URL(file, import.meta.url));
  const env = { ...process.env, REQUESTS_CA_BUNDLE: await authorityOf(gateway), PYTHONDONTWRITEBYTECODE: '1' };
  const child = spawn(await outsidePython(), [program], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  endLater(child, () => child.stdin.end());
  const { ask, answered, ended } = questions(file, (question) => child.stdin.write(`${JSON.stringify(question)}\n`));
  createInterface(child.stdout).on('line', (line) => answered(JSON.parse(line)));
  child.on('exit', ended);
  await ask('open', config);
  return { ask, call: (...args) => ask('call', ...args), noticeUrl: await ask('listen') };
}
