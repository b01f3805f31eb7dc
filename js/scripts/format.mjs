// Formats everything: `npm run format`.
import { join } from 'node:path';
import { root, run, script } from './tools.mjs';

script(async () => {
  await run('format Rust', 'cargo', ['fmt', '--all']);
  await run('format scripts and data', process.execPath, [
    join(root, 'node_modules/@biomejs/biome/bin/biome'),
    'check',
    '--write',
  ]);
});
