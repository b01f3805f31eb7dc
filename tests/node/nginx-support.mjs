// The guide of js/examples/nginx: its commands and configuration with the names of this machine, and a real nginx.

import { execFile, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, start, temporaryFolder } from './servers-support.mjs';

const guides = fileURLToPath(new URL('../../js/examples/nginx/', import.meta.url));

/** The commands of a guide: a list for each of its blocks. */
export const commands = (file) =>
  [...readFileSync(join(guides, file), 'utf8').matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block.trim());

/** A machine of a test: folders, ports, and its own `nginx`. */
export async function openMachine(application) {
  const root = temporaryFolder('nginx');
  const folder = join(root, 'etc/nginx');
  const [port, responder] = [await freePort(), await freePort()];
  /** The replacements of the guide's names. */
  const local = (text) =>
    text
      .replaceAll('/etc/nginx', folder)
      .replaceAll('shop.example.com', 'localhost')
      .replaceAll('localhost:443', `localhost:${port}`)
      .replaceAll('listen 443', `listen 127.0.0.1:${port}`)
      .replaceAll('127.0.0.1:3000', `127.0.0.1:${application}`);
  mkdirSync(join(folder, 'conf.d'), { recursive: true });
  mkdirSync(join(root, 'bin'));
  const main = join(folder, 'nginx.conf');
  const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(root, name)};`,
  );
  writeFileSync(
    main,
    `daemon off; pid ${join(root, 'pid')}; error_log stderr notice; events {}
    http { access_log off; ${places.join(' ')} include ${folder}/conf.d/*.conf; }`,
  );
  const nginx = join(root, 'bin/nginx');
  writeFileSync(nginx, `#!/bin/sh\nexec /usr/sbin/nginx -p '${root}' -c '${main}' -e stderr "$@"\n`);
  chmodSync(nginx, 0o755);
  const env = { ...process.env, PATH: `${join(root, 'bin')}:${process.env.PATH}` };
  return {
    folder,
    port,
    responder,
    /** Installs the configuration; `change` edits its text as the guide says. */
    configure(change = (text) => text) {
      const text = local(change(readFileSync(join(guides, 'wxpay.conf'), 'utf8')));
      writeFileSync(join(folder, 'conf.d/wxpay.conf'), text);
    },
    /** Runs a block of the guide; returns its output. Throws at the first command that fails. */
    run: (block, cwd = join(folder, 'wxpay')) =>
      execFileSync('sh', ['-ec', `exec 2>&1\n${local(block)}`], { cwd, env, encoding: 'utf8', timeout: 20_000 }),
    /** Runs a command beside the test's own servers; returns whether it succeeded, and its output. */
    ask: (command) =>
      new Promise((resolve) => {
        const shell = ['-ec', `exec 2>&1\n${local(command)}`];
        execFile('sh', shell, { env, timeout: 20_000 }, (error, text) => resolve({ good: error === null, text }));
      }),
    /** The rehearsed authority's OCSP responder, for the current certificate; returns the server. */
    async openResponder() {
      const cwd = join(folder, 'wxpay');
      const asked = ['x509', '-in', 'shop.pem', '-noout', '-serial'];
      const [, serial] = execFileSync('openssl', asked, { cwd, encoding: 'utf8' }).trim().split('=');
      writeFileSync(join(cwd, 'index.txt'), `V\t491231235959Z\t\t${serial}\tunknown\t/CN=localhost\n`);
      const signer = ['-index', 'index.txt', '-CA', 'issuers.pem', '-rsigner', 'issuers.pem', '-rkey', 'trial.key'];
      const server = createServer((request, response) => {
        // nginx asks with GET: the question is the path.
        writeFileSync(join(cwd, 'asked.der'), Buffer.from(decodeURIComponent(request.url.slice(1)), 'base64'));
        const answer = ['ocsp', ...signer, '-ndays', '1', '-reqin', 'asked.der', '-respout', 'said.der'];
        execFileSync('openssl', answer, { cwd, stdio: 'ignore' });
        response.setHeader('content-type', 'application/ocsp-response');
        response.end(readFileSync(join(cwd, 'said.der')));
      });
      server.listen(responder, '127.0.0.1');
      await once(server, 'listening');
      return server;
    },
    start: () => start(nginx, [], /start worker process/, { log: 'stderr', signal: 'SIGTERM' }),
  };
}
