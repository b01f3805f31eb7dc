// Processes of a cell: each has a time limit, and ends with its whole group.
import { spawn } from 'node:child_process';

const LONGEST_MS = 180_000;

/** The variables of this run would change what a project does. */
const FOREIGN = /^(?:npm_|NODE_|INIT_CWD$|JEST_|VITEST|FORCE_COLOR$)/i;
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.test(name))),
  NO_COLOR: '1',
  NEXT_TELEMETRY_DISABLED: '1',
};

/** A process that failed. What it printed matters, and not who called it. */
class Failure extends Error {
  /** @param {string} text */
  constructor(text) {
    super(text);
    this.stack = text;
  }
}

/** The groups that run now. An interrupt of this process ends them too. */
const running = new Set();
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    for (const child of running) end(child);
    process.exit(130);
  });

function end(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

function begin(command, args, { env, ...options }) {
  const stdio = ['ignore', 'pipe', 'pipe'];
  const child = spawn(command, args, { stdio, detached: true, env: { ...environment, ...env }, ...options });
  const said = { text: '', stdout: '' };
  for (const name of ['stdout', 'stderr'])
    child[name].setEncoding('utf8').on('data', (part) => {
      said.text += part;
      if (name === 'stdout') said.stdout += part;
    });
  running.add(child);
  const closed = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? signal));
  }).finally(() => running.delete(child));
  return { child, said, closed };
}

/** Runs a command to its end. Returns what it printed; throws that where it ends with another code than `code`. */
export async function run(command, args, { code = 0, timeoutMs = LONGEST_MS, ...options } = {}) {
  const { child, said, closed } = begin(command, args, options);
  const limit = setTimeout(() => end(child), timeoutMs);
  const ended = await closed.finally(() => clearTimeout(limit));
  // What it started may live on.
  end(child);
  if (ended !== code) throw new Failure(`${[command, ...args].join(' ')} ended with ${ended}\n${said.text}`);
  return said;
}

/** Starts a server, calls `work` with what it printed once that shows it to be ready, and ends it. */
export async function serving(command, args, ready, options, work) {
  const { child, said, closed } = begin(command, args, options);
  const deadline = Date.now() + 60_000;
  let ended;
  closed.then(
    (code) => {
      ended = `it ended with ${code}`;
    },
    (error) => {
      ended = error.message;
    },
  );
  try {
    while (!ready.test(said.text)) {
      if (ended ?? Date.now() > deadline) throw new Error(`not ready: ${ended ?? 'it took a minute'}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return await work(said);
  } catch (error) {
    throw new Failure(`${error.stack}\n${[command, ...args].join(' ')} printed:\n${said.text}`);
  } finally {
    end(child);
    await closed.catch(() => {});
  }
}
