// The command `paysign` in a pseudo-terminal, which Python makes.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { command } from './cli-support.mjs';

/** Runs the command in a pseudo-terminal of Python. It types `typed` when the output has `prompt`. Returns all that is shown. */
export async function runInTerminal(args, { prompt = '', typed = '', env = {}, redirect = '' } = {}) {
  const program = [process.execPath, command, ...args];
  const child = spawn('python3', ['-c', PTY, JSON.stringify({ program, prompt, typed, redirect })], {
    env: { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'xterm', NO_COLOR: '', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
  });
  const end = new Promise((resolve) => child.on('close', resolve));
  const shown = await text(child.stdout);
  return { code: await end, shown };
}

/** The terminal ends with the program: reading then fails. `redirect` sends the standard output to a file. */
const PTY = `
import json, os, pty, sys
given = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    if given['redirect']:
        os.dup2(os.open(given['redirect'], os.O_WRONLY | os.O_CREAT), 1)
    os.execvp(given['program'][0], given['program'])
shown = b''
typed = given['typed'] == ''
while True:
    try:
        part = os.read(terminal, 65536)
    except OSError:
        break
    if not part:
        break
    shown += part
    if not typed and given['prompt'].encode() in shown:
        typed = True
        os.write(terminal, given['typed'].encode())
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(status))
`;
