// The files of pkg/ that are not code: package.json, README.md and the licences.
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, Told } from './tools.mjs';

const pkg = join(root, 'pkg');

/**
 * The members of package.json that Cargo.toml says: version, repository, homepage, bugs and author.
 * @param {string} crate the text of Cargo.toml
 */
export function members(crate) {
  const [head] = crate.split(/^\[(?!package\])/m);
  const said = (/** @type {string} */ name) => {
    const text = head.match(new RegExp(`^${name} = \\[?"([^"]+)"`, 'm'))?.[1];
    if (text === undefined) throw new Told(`Cargo.toml names no ${name}; write it under [package]`);
    return text;
  };
  const repository = said('repository');
  return {
    version: said('version'),
    repository: { type: 'git', url: `git+${repository}.git` },
    homepage: said('homepage'),
    bugs: { url: `${repository}/issues` },
    author: said('authors'),
  };
}

/** Writes package.json and README.md from their templates. */
export function describe() {
  const { version, ...origin } = members(readFileSync(join(root, 'Cargo.toml'), 'utf8'));
  const template = JSON.parse(readFileSync(join(root, 'pkg-template/package.json'), 'utf8'));
  const { name, description, exports, ...more } = template;
  const manifest = { name, version, description, ...origin, ...more, exports: forBundlers(exports) };
  writeFileSync(join(pkg, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  // The package contains no pictures and no examples.
  const words = text
    .replaceAll(/^!\[.*\n\n/gm, '')
    .replaceAll(/\[(`[^`]+`)\]\((?!https?:|#)[^)]+\)/g, "$1 in the project's repository");
  const sections = words.slice(words.indexOf('\n## Which API do I have?'), words.indexOf('\n## Rust')).trim();
  const page = readFileSync(join(root, 'pkg-template/README.md'), 'utf8');
  writeFileSync(
    join(pkg, 'README.md'),
    page.replace("<!-- sections of the project's README -->", () => sections),
  );
  for (const name of ['LICENSE', 'SECURITY.md']) cpSync(join(root, name), join(pkg, name));
}

/**
 * The conditions that bundlers set and Node does not: most of them the first, `bun build` and ncc others. Bun has no other way to know
 * them.
 */
const BUNDLERS = ['module', 'bun', 'production', 'development'];

/**
 * The exports of package.json, with the condition `bundlers` written as the names that bundlers have.
 * @param {Record<string, string | Record<string, unknown>>} exports
 */
const forBundlers = (exports) =>
  Object.fromEntries(
    Object.entries(exports).map(([entry, conditions]) => [
      entry,
      typeof conditions === 'string'
        ? conditions
        : Object.fromEntries(
            Object.entries(conditions).flatMap(([name, target]) =>
              (name === 'bundlers' ? BUNDLERS : [name]).map((own) => [own, target]),
            ),
          ),
    ]),
  );

/**
 * Writes the licences of what is bundled: into the transport of Node, and into the gateway.
 * @param {string[]} inputs
 */
export function writeLicences(inputs) {
  const bundled = [
    ...new Set(
      inputs
        .map((path) => path.match(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1])
        .filter((name) => name !== undefined),
    ),
  ].sort();
  const texts = bundled.map((name) => {
    const folder = join(root, 'node_modules', name);
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license'].find((candidate) =>
      existsSync(join(folder, candidate)),
    );
    const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`;
    return `## ${name} ${version}\n\n${text}\n`;
  });
  writeFileSync(join(pkg, 'THIRD-PARTY.md'), `# Bundled into this package\n\n${texts.join('\n')}`);
}
