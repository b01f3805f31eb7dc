// Whether this checkout may be published: `npm run release -- --check`; with `--publish`, whether this machine may do it too.
// `--digest` prints the checksum of the built package, which two machines compare.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { members } from './papers.mjs';
import { ask, digest, files, isMain, root, script, Told } from './tools.mjs';

/** The first versions that publish without a token of their own. */
const [NPM, NODE] = ['11.5.1', '22.14.0'];

/** What people read of a release: nothing in it may wait to be filled in. */
const TEXTS = [
  'Cargo.toml',
  'CHANGELOG.md',
  'README.md',
  'README.zh-CN.md',
  'SECURITY.md',
  ...files('pkg-template'),
  'pkg/package.json',
  ...files('pkg').filter((path) => path.endsWith('.md')),
];
const PLACEHOLDER =
  /\b(?:TODO|FIXME|TBD|PLACEHOLDER|OWNER|YOUR[-_]\w+)\b|<(?:owner|repository|repo|version|date)>|not yet published/;

/** A token that outlives the run would be taken in place of the run's own identity. */
const TOKEN = /^(?:NODE_AUTH_TOKEN|NPM_TOKEN|npm_config_.*_auth(?:token)?)$/i;

/**
 * @typedef {object} State what a release depends on
 * @property {Record<string, string | undefined>} env
 * @property {string | undefined} tag of the commit
 * @property {string} version of the crate
 * @property {Record<string, any>} manifest pkg-template/package.json, and what the build adds to it from Cargo.toml
 * @property {string | undefined} built the version in pkg/, where it was built
 * @property {Record<string, string>} texts
 * @property {string} changes what git sees changed in the checkout
 * @property {string} npm
 * @property {string} node
 */

/**
 * The problems, each with what to do; an empty list when it may be published.
 * @param {State} state
 * @param {boolean} [isPublishing] whether this machine is to publish
 * @returns {string[]}
 */
export function problems(state, isPublishing = false) {
  return [...ofVersion(state), ...ofTexts(state), ...ofMachine(state), ...(isPublishing ? ofPublishing(state) : [])];
}

/** @param {State} state */
function ofVersion({ env, tag, version, manifest, built }) {
  const found = [];
  if (tag === undefined && env.GITHUB_ACTIONS === 'true') {
    found.push(`this run is for no tag; push the tag v${version}`);
  }
  if (tag !== undefined && tag !== `v${version}`) {
    found.push(`the tag ${tag} is not of version ${version}; tag the commit whose Cargo.toml names that version`);
  }
  for (const [place, named] of [
    ['pkg-template/package.json', manifest.version ?? version],
    ['pkg/package.json', built ?? version],
  ]) {
    if (named !== version) found.push(`${place} is of version ${named}, Cargo.toml of ${version}; make them the same`);
  }
  return found;
}

/** @param {State} state */
function ofTexts({ env, version, manifest, texts }) {
  const found = [];
  const url = manifest.repository?.url ?? manifest.repository ?? '';
  if (!/^(?:git\+)?https:\/\/github\.com\/[\w.-]+\/[\w.-]+$/.test(url)) {
    found.push('Cargo.toml names no repository at GitHub; provenance needs "repository" with its https address');
  } else if (env.GITHUB_REPOSITORY !== undefined && !url.replace(/\.git$/, '').endsWith(`/${env.GITHUB_REPOSITORY}`)) {
    found.push(`Cargo.toml names another repository than ${env.GITHUB_REPOSITORY}; name this one`);
  }
  if (!texts['CHANGELOG.md']?.includes(`\n## ${version}`)) {
    found.push(`CHANGELOG.md has no section ${version}; write what is new in it`);
  }
  for (const [path, text] of Object.entries(texts)) {
    text.split('\n').forEach((line, index) => {
      const left = line.match(PLACEHOLDER)?.[0];
      if (left !== undefined) found.push(`${path}:${index + 1} still says "${left}"; fill it in`);
    });
  }
  return found;
}

/** @param {State} state */
function ofMachine({ env, changes }) {
  const found = [];
  if (changes !== '') found.push('the checkout has changes that no commit has; commit them or take them away');
  for (const name of Object.keys(env).filter((key) => TOKEN.test(key) && env[key] !== '')) {
    found.push(`${name} is set; unset it: a release is published by the identity of its run, not by a token`);
  }
  return found;
}

/** @param {State} state */
function ofPublishing({ env, built, npm, node }) {
  const found = [];
  if (env.PAYSIGN_RELEASE !== '1') found.push('PAYSIGN_RELEASE is not 1; build with it, so that every tool is locked');
  if (env.ACTIONS_ID_TOKEN_REQUEST_URL === undefined) {
    found.push('this run has no identity to publish with; give its job "id-token: write"');
  }
  if (built === undefined) found.push('pkg/ is not there; run npm run build');
  for (const [tool, is, least] of [
    ['npm', npm, NPM],
    ['Node', node, NODE],
  ]) {
    if (isBelow(is, least)) found.push(`${tool} ${is} cannot publish without a token; take ${least} or later`);
  }
  return found;
}

/**
 * Whether a version is older than another one.
 * @param {string} version
 * @param {string} least
 */
function isBelow(version, least) {
  const [is, wanted] = [version, least].map((text) => text.split('.').map((part) => Number.parseInt(part, 10)));
  const at = wanted.findIndex((part, index) => part !== is[index]);
  return at >= 0 && !(is[at] > wanted[at]);
}

/** @returns {State} */
function stateOfCheckout() {
  const { env } = process;
  const read = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');
  const { version, ...origin } = members(read('Cargo.toml'));
  const there = TEXTS.filter((path) => existsSync(join(root, path)));
  const texts = Object.fromEntries(there.map((path) => [path, read(path)]));
  const tagHere = env.GITHUB_REF_TYPE === 'tag' ? env.GITHUB_REF_NAME : undefined;
  const tags = ask('git', ['tag', '--points-at', 'HEAD', 'v*'])?.split('\n') ?? [];
  return {
    env,
    tag: tagHere ?? (tags[0] || undefined),
    version,
    manifest: { ...origin, ...JSON.parse(read('pkg-template/package.json')) },
    built: texts['pkg/package.json'] && JSON.parse(texts['pkg/package.json']).version,
    texts,
    changes: ask('git', ['status', '--porcelain']) ?? 'this is no checkout',
    npm: ask('npm', ['--version']) ?? '0',
    node: process.versions.node,
  };
}

if (isMain(import.meta.url)) {
  script(async () => {
    const flag = { type: /** @type {const} */ ('boolean'), default: false };
    const given = parseArgs({ options: { check: flag, publish: flag, digest: flag } }).values;
    if (given.digest) {
      console.log(digest(files('pkg')));
      return;
    }
    if (!given.check) throw new Told('nothing is published from here; run npm run release -- --check [--publish]');
    const state = stateOfCheckout();
    const found = problems(state, given.publish);
    for (const problem of found) console.log(`✗ ${problem}`);
    if (found.length > 0) throw new Told(`✗ version ${state.version} may not be published: ${found.length} problems`);
    console.log(
      `✓ version ${state.version} may be published${state.tag === undefined ? `, once it has the tag v${state.version}` : ''}`,
    );
  });
}
