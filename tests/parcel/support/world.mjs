// What all cells share: the packed package, the gateway, and the programs of shops.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './processes.mjs';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
export const parcel = fileURLToPath(new URL('../', import.meta.url));

/** A file of an installed tool. */
export const tool = (path) => join(parcel, 'node_modules', path);

/** What a program imports, for each entry. */
const HEADS = {
  'paysign/inline': `import { init, sign, v3 as generation, WechatPay } from 'paysign/inline';
const { WechatPay: WechatPayV3 } = generation;`,
  ...Object.fromEntries(
    ['paysign', 'paysign/web'].map((entry) => [
      `${entry} in a page`,
      `import { init, sign, WechatPay } from '${entry}';
import { WechatPay as WechatPayV3, init as initV3 } from 'paysign/v3';`,
    ]),
  ),
};
const HEAD = /^import[\s\S]*? from 'paysign\/v3';$/m;

/** How a program begins its work, for each kind of host. */
const TAILS = {
  server: `shop().then((seen) => console.log(JSON.stringify({ seen })), (error) => { console.error(error); process.exit(1); });`,
  page: 'initV3().then(() => init()).then(() => shop()).then((seen) => { globalThis.seen = JSON.stringify(seen); });',
  edge: `addEventListener('fetch', (event) => event.respondWith(shop().then((seen) => Response.json({ seen }))));`,
  worker: 'export default { fetch: async () => Response.json({ seen: await shop() }) };',
};

/** What every project's package.json says. */
const PROJECT = { private: true, dependencies: { paysign: '*' } };

/** The result of a program that does what it should. */
const SEEN = {
  signed: '9A0A8659F005D6984697E2CA0A9CF3B7',
  v2: {
    errMsg: 'requestPayment:ok',
    ...{ kind: 'payment', paid: true, total_fee: 88, trade_state: 'SUCCESS', refunded: 8 },
  },
  v3: { errMsg: 'requestPayment:ok', ...{ kind: 'payment', paid: true, total_fee: 88, trade_state: 'SUCCESS' } },
  waited: 'undefined',
};

/** Packs the package, starts the gateway, and makes the folder of the projects. `close` ends and removes it all. */
export async function openWorld() {
  const top = mkdtempSync(join(tmpdir(), 'paysign-parcel-'));
  const bundles = mkdtempSync(join(tmpdir(), 'paysign-bundles-'));
  const child = fork(fileURLToPath(new URL('gateway.mjs', import.meta.url)));
  const close = () => {
    child.kill('SIGKILL');
    for (const folder of [top, bundles]) rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', close);
  symlinkSync(join(parcel, 'node_modules'), join(top, 'node_modules'));
  const [{ stdout }, [gateway]] = await Promise.all([
    run('npm', ['pack', join(root, 'pkg'), '--json'], { cwd: top }),
    once(child, 'message'),
  ]);
  const tarball = join(top, JSON.parse(stdout)[0].filename);
  await run('tar', ['-xzf', tarball], { cwd: top });
  return { top, bundles, tarball, gateway, close };
}

/** The room of one cell: its project, its programs and its bundles. `number` keeps its orders apart from other cells'. */
export function openRoom({ top, bundles, tarball, gateway }, number) {
  const name = `cell-${number}`;
  const folder = join(top, name);
  let count = 0;
  mkdirSync(folder);

  /** What a program knows of the gateway. Hosts with web standards alone have neither TLS options nor certificates. */
  function facts(isWeb) {
    count += 1;
    const { phone, url, pfx } = gateway;
    const common = { name: `${name}-${count}`, phone };
    if (!isWeb) return { ...common, pfx, v2: gateway.v2, v3: gateway.v3 };
    const reached = ({ ca, ...options }) => ({ ...options, baseUrls: [url], loginUrl: url });
    return { ...common, v2: reached(gateway.v2), v3: reached(gateway.v3) };
  }

  const room = {
    folder,
    tarball,
    gateway,
    /** The package as it was unpacked. */
    package: join(top, 'package'),

    /** Installs the package into a project, as a package manager unpacks it. `manifest` is what the project adds to its package.json. */
    install(manifest = {}, into = folder) {
      writeFileSync(join(into, 'package.json'), JSON.stringify({ ...PROJECT, ...manifest }));
      mkdirSync(join(into, 'node_modules'), { recursive: true });
      cpSync(join(top, 'package'), join(into, 'node_modules/paysign'), { recursive: true });
    },

    /** Writes files into the project. */
    write(files) {
      for (const [path, text] of Object.entries(files)) {
        const whole = join(folder, path);
        mkdirSync(dirname(whole), { recursive: true });
        writeFileSync(whole, typeof text === 'string' ? text : JSON.stringify(text));
      }
    },

    /**
     * The text of the shop's program. `entry` is what it imports, `form` how, and `tail` how it begins.
     * @param {{ entry?: string, form?: 'import' | 'require', tail?: string, isTyped?: boolean, isWeb?: boolean }} [options]
     */
    shop({ entry = 'paysign', form = 'import', tail = 'server', isTyped = false, isWeb = false } = {}) {
      const text = readFileSync(join(parcel, 'fixtures/shop.mjs'), 'utf8');
      const head = HEADS[entry] ?? text.match(HEAD)[0];
      const imports = form === 'import' ? head : required(head);
      const whole = text
        .replace(HEAD, () => imports)
        .replace('export async function shop', 'async function shop')
        .replace('/* world */ {}', () => JSON.stringify(facts(isWeb)));
      return `${isTyped ? typed(whole) : whole}\n${TAILS[tail] ?? tail}\n`;
    },

    /** Moves a bundle into an empty folder, and removes its project: nothing of it can be read any more. */
    ship(path) {
      const away = join(bundles, `${name}-${count}`);
      renameSync(join(folder, path), away);
      rmSync(folder, { recursive: true });
      return away;
    },

    /** Whether the output of a program says that it did all that it should. */
    check({ stdout, text }, isWeb = false) {
      const line = stdout.split('\n').find((one) => one.startsWith('{"seen":'));
      assert.ok(line, `the program printed no result:\n${text}`);
      room.checkSeen(JSON.parse(line).seen, isWeb);
    },

    checkSeen(seen, isWeb = false) {
      const { refunded, ...v2 } = SEEN.v2;
      assert.deepEqual(seen, isWeb ? { ...SEEN, v2 } : { ...SEEN, v2: { ...v2, refunded } });
    },
  };
  return room;
}

/** The same imports by `require`. */
function required(head) {
  return head.replaceAll(/import (\{[^}]*\}) from ('[^']*');/g, (_, names, from) => {
    return `const ${names.replaceAll(' as ', ': ')} = require(${from});`;
  });
}

/** The same program in strict TypeScript. */
const typed = (text) =>
  text
    .replaceAll(/(?<=function byV[23]\(phone)/g, ': (body: string) => Promise<string>')
    .replace('plain = (value)', 'plain = (value: object)')
    .replace('payOnPhone(body)', 'payOnPhone(body: string)');
