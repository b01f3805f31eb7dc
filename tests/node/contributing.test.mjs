// The guides for contributors and releases: every named file exists, and every required name is there.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path/posix';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path) => readFileSync(`${root}/${path}`, 'utf8');
const tracked = (...paths) =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...paths], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '' && existsSync(`${root}/${path}`));

const GUIDES = ['.github/CONTRIBUTING.md', '.github/RELEASING.md', '.github/pull_request_template.md'];

test('the map names every room of the crate and of the package, and no other', () => {
  const [rust, script] = ['src', 'js/src'].map((folder) => {
    const rows = read(GUIDES[0])
      .split(`| in \`${folder}/\` |`)[1]
      .split('\n\n')[0]
      .matchAll(/^\| (`.*?) \|/gm);
    const named = [...rows].flatMap(([, cell]) => [...cell.matchAll(/`([\w-]+)`/g)].map(([, name]) => name));
    const rooms = tracked(folder).map((path) => path.slice(folder.length + 1).split(/[/.]/)[0]);
    return { named: named.sort(), rooms: [...new Set(rooms)].sort() };
  });
  assert.deepEqual(rust.named, rust.rooms);
  assert.deepEqual(script.named, [...script.rooms, 'generated'].sort());
});

test('every command and every file that a guide names exists', () => {
  const { scripts } = JSON.parse(read('package.json'));
  for (const guide of GUIDES) {
    const text = read(guide);
    for (const [, name] of text.matchAll(/npm run (\w+)/g)) assert.ok(scripts[name], `${guide}: npm run ${name}`);
    for (const [path] of text.matchAll(/\b(?:src|js|tests)\/[\w./-]+\.\w+/g))
      if (!path.includes('your_api')) assert.ok(existsSync(`${root}/${path}`), `${guide}: ${path}`);
    for (const [, name] of text.matchAll(/`([\w-]+\.test\.mjs)`/g))
      assert.ok(existsSync(`${root}/tests/node/${name}`), `${guide}: ${name}`);
    for (const [, name] of text.matchAll(/\]\((\w+\.md)\)/g))
      assert.ok(existsSync(`${root}/.github/${name}`), `${guide}: ${name}`);
  }
});

test('the steps of a release name the commands that its workflow runs', () => {
  const guide = read(GUIDES[1]);
  const commands = [...read('.github/workflows/release.yml').matchAll(/^ {8}run: (npm .*)$/gm)].map(([, run]) => run);
  assert.ok(commands.length > 4);
  for (const command of ['npm run release -- --check --publish', 'npm publish --provenance'])
    assert.ok(guide.includes(command) && commands.some((run) => run.startsWith(command)), command);
});

test('every folder with a lock file is looked up for updates', () => {
  const parts = read('.github/dependabot.yml').split('- package-ecosystem: ').slice(1);
  const folders = (part) => [...part.matchAll(/^ {6}- (\/.*)$/gm)].map(([, folder]) => folder);
  const locked = (name) => tracked(`*${name}`).map((path) => `/${dirname(path).replace(/^\.$/, '')}`);
  for (const [kind, name] of [
    ['cargo', 'Cargo.lock'],
    ['npm', 'package-lock.json'],
  ])
    assert.deepEqual(folders(parts.find((part) => part.startsWith(`${kind}\n`))).sort(), locked(name).sort(), kind);
  assert.ok(parts.some((part) => part.startsWith('github-actions\n')));
});

test('who reports a bug reads that no key and no real order number belongs in it', () => {
  assert.match(read('.github/ISSUE_TEMPLATE/bug.yml'), /No key and no real order number/);
  assert.match(read('.github/ISSUE_TEMPLATE/feature.yml'), /no key and no real order number/);
  assert.match(read('.github/ISSUE_TEMPLATE/config.yml'), /^blank_issues_enabled: false$/m);
});

test('pull requests are checked on three systems, and tested whole on one', () => {
  const workflow = read('.github/workflows/check.yml');
  assert.match(workflow, /^ {2}pull_request:$/m);
  assert.match(workflow, /os: \[ubuntu-[\d.]+, macos-\d+, windows-\d+\]/);
  assert.match(workflow, /run: npm run check$/m);
  assert.match(workflow, /run: npm test$/m);
});
