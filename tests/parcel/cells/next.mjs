// Next.js: routes for Node and for the edge, built by Turbopack and by webpack.
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { run, serving } from '../support/processes.mjs';
import { root } from '../support/world.mjs';

/** Next.js takes itself from a folder above the project. */
const frameworks = join(root, 'tests/node/frameworks');
const NEXT = createRequire(join(frameworks, 'package.json')).resolve('next/dist/bin/next');

const ROUTE = `export const dynamic = 'force-dynamic';
export async function GET() {
  try {
    return Response.json({ seen: await shop() });
  } catch (error) {
    return new Response(String(error), { status: 500 });
  }
}`;
const EDGE = `export const runtime = 'edge';\n${ROUTE}`;

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `${port}`;
}

/** Starts a server on a free port, and checks what its route answers. */
async function checkServed(room, args, cwd, isWeb) {
  const port = await freePort();
  const env = { PORT: port, HOSTNAME: '127.0.0.1' };
  await serving(process.execPath, args, /Ready in|Listening|started server/i, { cwd, env }, async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/shop`, { signal: AbortSignal.timeout(60_000) });
    const text = await answer.text();
    assert.equal(answer.status, 200, text);
    room.checkSeen(JSON.parse(text).seen, isWeb);
  });
}

/**
 * A project with one route. For Node the standalone server moves to an empty folder, and the project is removed before it runs.
 * @param {string} name
 * @param {{ by?: 'turbopack' | 'webpack', config?: object, isEdge?: boolean, entry?: string }} [how]
 */
const next = (name, { by = 'turbopack', config = {}, isEdge = false, entry } = {}) => ({
  name: `next, ${name}`,
  async run(room) {
    const folder = mkdtempSync(join(frameworks, '.next-'));
    try {
      const whole = {
        output: isEdge ? undefined : 'standalone',
        outputFileTracingRoot: root,
        turbopack: { root },
        ...config,
      };
      const files = {
        'next.config.mjs': `export default ${JSON.stringify(whole)};`,
        'app/layout.js': 'export default ({ children }) => children;',
        'app/shop/route.js': room.shop({ entry, tail: isEdge ? EDGE : ROUTE, isWeb: isEdge }),
      };
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      room.install({}, folder);
      await run(process.execPath, [NEXT, 'build', `--${by}`], { cwd: folder });
      if (isEdge) {
        rmSync(join(folder, 'node_modules'), { recursive: true });
        rmSync(join(folder, 'app'), { recursive: true });
        await checkServed(room, [NEXT, 'start', '-H', '127.0.0.1'], folder, true);
        return;
      }
      cpSync(join(folder, '.next/standalone'), join(room.folder, 'out'), { recursive: true, verbatimSymlinks: true });
      rmSync(folder, { recursive: true });
      const away = room.ship('out');
      await checkServed(room, [join(away, relative(root, folder), 'server.js')], away, false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
});

export const cells = [
  next('Turbopack'),
  next('webpack', { by: 'webpack' }),
  next('Turbopack, external', { config: { serverExternalPackages: ['paysign'] } }),
  next('webpack, external', { by: 'webpack', config: { serverExternalPackages: ['paysign'] } }),
  next('edge, Turbopack', { isEdge: true }),
  next('edge, webpack', { by: 'webpack', isEdge: true }),
];
