// Pages in Chromium: bundled by webpack and by Vite, or served by Vite as sources. The wasm is found without configuration.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as vite8 from 'vite';
import * as vite7 from 'vite7';
import webpack from 'webpack';
import { seenAt, servingFolder } from '../support/pages.mjs';

const HTML = '<!doctype html><title>shop</title><script type="module" src="/shop.js"></script>';

const QUICK = ['page by vite 8, paysign', 'page served by vite 7, paysign/web'];

/** A project whose page imports an entry. `show` brings the page to its address, and calls back with it. */
const page = (name, entry, show) => ({
  name: `${name}, ${entry}`,
  isQuick: QUICK.includes(`${name}, ${entry}`),
  async run(room) {
    room.install();
    room.write({
      'index.html': HTML,
      'shop.js': room.shop({ entry: `${entry} in a page`, tail: 'page', isWeb: true }),
    });
    await show(room, async (address) => room.checkSeen(await seenAt(address, room.gateway), true));
  },
});

async function byWebpack(room, check) {
  const { folder } = room;
  const output = { path: join(folder, 'out'), filename: 'shop.js', publicPath: 'auto' };
  const stats = await promisify(webpack)({
    ...{ mode: 'development', devtool: false, target: 'web', context: folder, entry: './shop.js', output },
  });
  if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
  copyFileSync(join(folder, 'index.html'), join(folder, 'out/index.html'));
  await servingFolder(room.ship('out'), check);
}

const byVite = (vite) => async (room, check) => {
  await vite.build({ root: room.folder, configFile: false, logLevel: 'silent', build: { outDir: 'out' } });
  await servingFolder(room.ship('out'), check);
};

/** The development server, with its own optimizer. */
const servedByVite = (vite) => async (room, check) => {
  const server = { host: '127.0.0.1', port: 0, hmr: false, watch: null };
  const made = await vite.createServer({ root: room.folder, configFile: false, logLevel: 'silent', server });
  try {
    await made.listen();
    await check(`http://127.0.0.1:${made.httpServer.address().port}/`);
  } finally {
    await made.close();
  }
};

export const cells = ['paysign', 'paysign/web'].flatMap((entry) => [
  page('page by webpack', entry, byWebpack),
  page('page by vite 7', entry, byVite(vite7)),
  page('page by vite 8', entry, byVite(vite8)),
  page('page served by vite 7', entry, servedByVite(vite7)),
  page('page served by vite 8', entry, servedByVite(vite8)),
]);
