// The conditions of a release, and the workflows that publish without a long-lived token.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { members } from '../../js/scripts/papers.mjs';
import { problems } from '../../js/scripts/release.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path) => readFileSync(`${root}/${path}`, 'utf8');

const RUN = {
  GITHUB_ACTIONS: 'true',
  GITHUB_REPOSITORY: 'somebody/paysign',
  PAYSIGN_RELEASE: '1',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://token.example',
};
const GOOD = {
  env: RUN,
  tag: 'v1.2.3',
  version: '1.2.3',
  manifest: { repository: { type: 'git', url: 'git+https://github.com/somebody/paysign.git' } },
  built: '1.2.3',
  texts: { 'CHANGELOG.md': '# Changes\n\n## 1.2.3, 2026-01-02\n', 'README.md': '# paysign\n' },
  changes: '',
  npm: '11.5.1',
  node: '22.14.0',
};

test('a commit with its tag, its texts filled in and an identity to publish with may be published', () => {
  assert.deepEqual(problems(GOOD, true), []);
  assert.deepEqual(problems({ ...GOOD, npm: '12.0.0', node: '24.1.0' }, true), []);
  // A person asks before there is a tag, a build or a run.
  assert.deepEqual(problems({ ...GOOD, env: {}, tag: undefined, built: undefined, node: '20.12.0' }), []);
});

const REFUSED = [
  ['a tag of another version', { tag: 'v1.2.4' }, /the tag v1\.2\.4 is not of version 1\.2\.3/],
  ['a tag without its v', { tag: '1.2.3' }, /the tag 1\.2\.3 is not of version/],
  ['a run for no tag', { tag: undefined }, /this run is for no tag; push the tag v1\.2\.3/],
  [
    'a template of another version',
    { manifest: { ...GOOD.manifest, version: '1.2.2' } },
    /pkg-template.* is of version 1\.2\.2/,
  ],
  ['a package of another version', { built: '1.2.2' }, /pkg\/package\.json is of version 1\.2\.2/],
  ['no repository', { manifest: {} }, /names no repository/],
  [
    'a repository that is filled in later',
    { manifest: { repository: 'https://github.com/<owner>/paysign' } },
    /names no repository/,
  ],
  [
    'a repository whose owner is not filled in',
    { texts: { ...GOOD.texts, 'Cargo.toml': '[package]\nrepository = "https://github.com/OWNER/paysign"\n' } },
    /^Cargo\.toml:2 still says "OWNER"; fill it in$/,
  ],
  [
    'an author who is not filled in',
    { texts: { ...GOOD.texts, 'pkg/package.json': '{\n  "author": "OWNER (https://github.com/somebody)"\n}\n' } },
    /^pkg\/package\.json:2 still says "OWNER"; fill it in$/,
  ],
  [
    'the repository of somebody else',
    { manifest: { repository: 'https://github.com/other/paysign' } },
    /another repository than somebody\/paysign/,
  ],
  [
    'no section of changes',
    { texts: { 'CHANGELOG.md': '# Changes\n\n## 1.2.2\n' } },
    /CHANGELOG\.md has no section 1\.2\.3/,
  ],
  ...['TODO', 'PLACEHOLDER', 'OWNER', '<owner>', '<date>', 'not yet published'].map((word) => [
    `a text that still says ${word}`,
    { texts: { ...GOOD.texts, 'SECURITY.md': `# Security\n\nWrite to ${word} here.` } },
    new RegExp(`SECURITY\\.md:3 still says "${word}"`),
  ]),
  ['a change that no commit has', { changes: ' M src/lib.rs' }, /the checkout has changes/],
  ...['NODE_AUTH_TOKEN', 'NPM_TOKEN', 'npm_config_//registry.npmjs.org/:_authToken', 'NPM_CONFIG__AUTH'].map((name) => [
    `a token in ${name}`,
    { env: { ...RUN, [name]: 'npm_secret' } },
    /is set; unset it/,
  ]),
  ['tools that are not locked', { env: { ...RUN, PAYSIGN_RELEASE: '' } }, /PAYSIGN_RELEASE is not 1/],
  ['a run without identity', { env: { ...RUN, ACTIONS_ID_TOKEN_REQUEST_URL: undefined } }, /"id-token: write"/],
  ['nothing that is built', { built: undefined }, /pkg\/ is not there/],
  ['an npm before 11.5.1', { npm: '11.5.0' }, /npm 11\.5\.0 cannot publish without a token/],
  ['the npm of Node 22', { npm: '10.9.3' }, /npm 10\.9\.3 cannot/],
  ['a Node before 22.14', { node: '22.9.0' }, /Node 22\.9\.0 cannot/],
  ['an npm that says nothing', { npm: '' }, /npm {2}cannot/],
];

for (const [what, change, words] of REFUSED) {
  test(`nothing is published with ${what}`, () => {
    const found = problems({ ...GOOD, ...change }, true);
    assert.equal(found.length, 1, found.join('\n'));
    assert.match(found[0], words);
    assert.ok(!found[0].includes('npm_secret'));
  });
}

const CRATE = `[package]
name = "paysign"
version = "1.2.3"
repository = "https://github.com/somebody/paysign"
homepage = "https://paysign.example"
authors = ["Somebody <some@body.example>"]

[dependencies]
aes = { version = "0.9.4" }
`;

test('the package of npm has its version, addresses and author from Cargo.toml', () => {
  assert.deepEqual(members(CRATE), {
    version: '1.2.3',
    repository: { type: 'git', url: 'git+https://github.com/somebody/paysign.git' },
    homepage: 'https://paysign.example',
    bugs: { url: 'https://github.com/somebody/paysign/issues' },
    author: 'Somebody <some@body.example>',
  });
  for (const name of ['version', 'repository', 'homepage', 'authors']) {
    const without = CRATE.replace(new RegExp(`^${name} = .*\\n`, 'm'), '');
    assert.throws(() => members(without), { message: `Cargo.toml names no ${name}; write it under [package]` });
  }
  const template = JSON.parse(read('pkg-template/package.json'));
  for (const name of Object.keys(members(CRATE))) assert.equal(template[name], undefined, `${name} has two places`);
  const built = JSON.parse(read('pkg/package.json'));
  assert.deepEqual({ ...built, ...members(read('Cargo.toml')) }, built);
});

test('cargo packs the crate without a warning', () => {
  const pack = ['package', '--locked', '--offline', '--no-verify', '--allow-dirty'];
  const { status, stderr } = spawnSync('cargo', [...pack, '--target-dir', 'target/pack'], {
    cwd: root,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  assert.match(stderr, /Packaged \d+ files/);
  assert.doesNotMatch(stderr, /warning/);
});

test('the command ends with 1 and names every problem of this checkout, or says that it may be published', () => {
  const env = { ...process.env, NPM_TOKEN: 'npm_secret' };
  const script = ['js/scripts/release.mjs', '--check'];
  const { status, stdout, stderr } = spawnSync(process.execPath, script, { cwd: root, env, encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stdout, /✗ NPM_TOKEN is set/);
  assert.match(stderr, /may not be published: \d+ problems/);
  assert.ok(!`${stdout}${stderr}`.includes('npm_secret'));
  read('Cargo.toml')
    .split('\n')
    .forEach((line, index) => {
      assert.equal(stdout.includes(`✗ Cargo.toml:${index + 1} still says "OWNER"`), /\bOWNER\b/.test(line), line);
    });
});

const workflows = readdirSync(`${root}/.github/workflows`).map((name) => [name, read(`.github/workflows/${name}`)]);

test('every workflow may only read, uses no action of others, and stops on its own', () => {
  assert.deepEqual(workflows.map(([name]) => name).sort(), ['bench.yml', 'check.yml', 'nightly.yml', 'release.yml']);
  for (const [name, text] of workflows) {
    assert.match(text, /^permissions:\n {2}contents: read\n(?! )/m, name);
    assert.doesNotMatch(text, /\buses:|: write-all|pull_request_target|secrets\.|NPM_TOKEN|NODE_AUTH_TOKEN/, name);
    const jobs = text.split(/^jobs:$/m)[1].match(/^ {2}[\w-]+:$/gm);
    assert.equal(text.match(/^ {4}timeout-minutes: \d+$/gm)?.length, jobs.length, name);
    // Text that a stranger may choose, such as the name of a branch, is never part of a command.
    const commands = [...text.matchAll(/^ {8}run: (.*)$/gm)].map(([, command]) => command);
    assert.ok(commands.length > jobs.length, `${name}: ${commands.length} commands`);
    for (const command of commands) assert.doesNotMatch(command, /\$\{\{/, name);
  }
});

test('only the job that publishes has an identity, and it publishes what another job has tested', () => {
  const all = workflows.map(([, text]) => text).join('\n');
  assert.equal(all.match(/id-token: write/g).length, 1);
  const release = read('.github/workflows/release.yml');
  assert.match(release, /^on:\n {2}push:\n {4}tags: \['v\*'\]\n(?! )/m);
  const [tested, published] = release.split(/^ {2}publish:$/m);
  const commands = (text) => [...text.matchAll(/^ {8}run: (.*)$/gm)].map(([, command]) => command);
  for (const command of [
    'npm run release -- --check',
    'npm test',
    'npm run test:parcel',
    'npm run reproduce',
    'npm run audit',
  ])
    assert.ok(commands(tested).includes(command), command);
  assert.match(published, /^ {4}needs: test$/m);
  assert.match(published, /id-token: write/);
  assert.deepEqual(commands(published).slice(-2), [
    'npm run release -- --check --publish',
    'npm publish --provenance --access public ./pkg',
  ]);
  assert.match(release, /^env:\n {2}PAYSIGN_RELEASE: '1'$/m);
});

test('the crates may come from crates.io alone, and nothing that an audit finds is let through without a reason', () => {
  const rules = read('.cargo/deny.toml');
  assert.match(rules, /^unknown-registry = "deny"$/m);
  assert.match(rules, /^unknown-git = "deny"$/m);
  assert.match(rules, /^ignore = \[\]$/m);
  assert.match(read('.github/workflows/nightly.yml'), /run: npm run audit$/m);
});
