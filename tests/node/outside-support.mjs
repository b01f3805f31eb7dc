// Clients of other authors, each in its own process, which takes calls as messages and trusts the gateway.
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const place = mkdtempSync(join(tmpdir(), 'paysign-outside-'));
const processes = [];

/** A file of this test's own place, which is removed with it; returns its path. */
export function placed(name, text) {
  const path = join(place, name);
  writeFileSync(path, text);
  return path;
}

/** The certificate of a merchant as PKCS#12, base64, with the merchant number as its passphrase. */
export async function pkcs12({ mch_id, cert, key }) {
  const [pem, p12] = [placed(`${mch_id}.pem`, cert + key), join(place, `${mch_id}.p12`)];
  execFileSync('openssl', ['pkcs12', '-export', '-in', pem, '-out', p12, '-passout', `pass:${mch_id}`]);
  return readFileSync(p12).toString('base64');
}

/** The authority of a gateway as a file. */
export async function authorityOf(gateway) {
  return placed('ca.pem', (await gateway.certificates()).ca);
}

/**
 * The questions to a client, by the messages of its process. `send` passes one on; the function that is returned takes the answers,
 * and the process's end.
 */
export function questions(name, send) {
  const waiting = new Map();
  let last = 0;
  const ask = (call, ...args) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      send({ id: last, name: call, args });
    });
  return {
    ask,
    answered({ id, value, error }) {
      const { resolve, reject } = waiting.get(id);
      waiting.delete(id);
      if (error === undefined) resolve(value);
      else reject(new Error(error));
    },
    ended() {
      for (const { reject } of waiting.values()) reject(new Error(`${name} ended`));
      waiting.clear();
    },
  };
}

/** The client of a file, by its path from here. A process learns whom to trust when it starts. */
export async function start(gateway, file, config) {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = fork(path, { env: { ...process.env, NODE_EXTRA_CA_CERTS: await authorityOf(gateway) } });
  const { ask, answered, ended } = questions(file, (question) => child.send(question));
  child.on('message', answered);
  child.on('exit', ended);
  processes.push({ child, end: () => child.connected && child.disconnect() });
  await ask('open', config);
  return { config, ask, call: (...args) => ask('call', ...args), noticeUrl: await ask('listen') };
}

/** Remembers a process, and how it is ended. */
export function endLater(child, end) {
  processes.push({ child, end });
}

/** Ends what was started, and removes its files. */
export async function stopClients() {
  for (const { child, end } of processes) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    end();
    await once(child, 'exit');
  }
  rmSync(place, { recursive: true, force: true });
}
