// The runtimes: Node of four ages, Bun and Deno run the whole program from the installed package.
import { run } from '../support/processes.mjs';
import { tool } from '../support/world.mjs';

const node = (version) => tool(`node${version}/bin/node`);
const FILES = { import: 'shop.mjs', require: 'shop.cjs' };

/** A runtime that runs the program by `import` or by `require`. */
const runtime = (name, form, command, args, more = {}) => ({
  name: `${name}, ${form}`,
  ...more,
  async run(room) {
    room.install();
    room.write({ [FILES[form]]: room.shop({ form, ...more }) });
    room.check(await run(command, [...args, FILES[form]], { cwd: room.folder }));
  },
});

const both = (...args) => [runtime(args[0], 'import', ...args.slice(1)), runtime(args[0], 'require', ...args.slice(1))];

/** Deno calls the gateway, and reads the package. It needs no permission for the program itself. */
const DENO = ['run', '--no-prompt', '--allow-net=127.0.0.1', '--allow-read=node_modules/paysign'];

/** A file of `paysign/inline` that is copied alone into an empty folder. */
const alone = (form, file) => ({
  name: `inline alone, ${form}`,
  isQuick: true,
  async run(room) {
    room.install();
    const program = room.shop({ entry: 'paysign/inline', form }).replaceAll("'paysign/inline'", `'./${file}'`);
    room.write({ [`alone/${FILES[form]}`]: program });
    await run('cp', [`node_modules/paysign/${file}`, 'alone/'], { cwd: room.folder });
    const folder = room.ship('alone');
    room.check(await run(process.execPath, [FILES[form]], { cwd: folder }));
  },
});

export const cells = [
  ...[18, 20, 22, 24].flatMap((version) =>
    both(`node ${version}`, node(version), [], { isQuick: version === 18 || version === 24 }),
  ),
  ...both('node 18, -C production', node(18), ['-C', 'production']),
  ...both('node 20, inline', node(20), [], { entry: 'paysign/inline' }),
  ...both('node 24, --frozen-intrinsics', node(24), ['--frozen-intrinsics']),
  ...both('node 24, no code from strings', node(24), ['--disallow-code-generation-from-strings']),
  alone('import', 'inline.mjs'),
  alone('require', 'inline.cjs'),
  ...both('bun', tool('@oven/bun-linux-x64/bin/bun'), [], { isQuick: true }),
  ...both('deno', tool('@deno/linux-x64-glibc/deno'), DENO),
];
