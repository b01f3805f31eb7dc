// The files of pkg/ that are not its code: package.json, both READMEs, pages, examples and the licences.
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { files, root, Told } from './tools.mjs';

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
  if (/(?:\.git|\/)$/.test(repository))
    throw new Told('Cargo.toml: repository must end with its name, without .git or /');
  if (/^authors = \[[^\]]*,/m.test(head))
    throw new Told('Cargo.toml: name one author; package.json has no place for others');
  return {
    version: said('version'),
    repository: { type: 'git', url: `git+${repository}.git` },
    homepage: said('homepage'),
    bugs: { url: `${repository}/issues` },
    author: said('authors'),
  };
}

/** Writes package.json and the READMEs from their templates, and copies pages and examples. */
export function describe() {
  const { version, ...origin } = members(readFileSync(join(root, 'Cargo.toml'), 'utf8'));
  const { name, description, exports, ...more } = JSON.parse(
    readFileSync(join(root, 'pkg-template/package.json'), 'utf8'),
  );
  const manifest = { name, version, description, ...origin, ...more, exports: forBundlers(exports) };
  writeFileSync(join(pkg, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const name of ['README.md', 'README.zh-CN.md']) {
    const text = readFileSync(join(root, name), 'utf8');
    const sections = placed(text.slice(text.indexOf('\n## '), text.indexOf('\n## Rust')), origin.repository.url).trim();
    const template = readFileSync(join(root, 'pkg-template', name), 'utf8');
    writeFileSync(
      join(pkg, name),
      template.replace("<!-- sections of the project's README -->", () => sections),
    );
  }
  for (const name of ['LICENSE', 'CHANGELOG.md', 'SECURITY.md']) cpSync(join(root, name), join(pkg, name));
  for (const folder of FOLDERS) {
    for (const path of files(`js/${folder}`).filter((path) => !OF_THE_PROJECT.test(path))) {
      const place = join(pkg, path.slice('js/'.length));
      mkdirSync(dirname(place), { recursive: true });
      if (path.endsWith('.md')) writeFileSync(place, placed(readFileSync(join(root, path), 'utf8')));
      else cpSync(join(root, path), place);
    }
  }
}

/** The pages and examples in the package: each is in the folder `js` of the project. No picture is among them. */
const FOLDERS = [
  'docs',
  'examples/doctor',
  'examples/miniprogram',
  'examples/moving',
  'examples/nginx',
  'examples/shop',
];

/** The pages about the project and its crate. The README of the package links to them in the project. */
const OF_THE_PROJECT = /js\/docs\/(?:developing|rust|speed)\.[\w.-]+/;

/**
 * A text with its links and names as they are in the package. A picture and a page outside of it become links to the project.
 * @param {string} text
 * @param {string} [repository] the URL for git
 */
function placed(text, repository = '') {
  const project = repository.replace(/^git\+|\.git$/g, '');
  return text
    .replaceAll(/^!\[(.*)\]\((?!https?:)(.*)\)$/gm, `[$1](${project}/blob/main/$2)`)
    .replaceAll(new RegExp(`\\]\\((${OF_THE_PROJECT.source})\\)`, 'g'), `](${project}/blob/main/$1)`)
    .replaceAll(/(?<=[`(])js\/(?=(?:docs|examples)\/)/g, '');
}

/** The conditions of most bundlers, and of Bun. They load ES modules, also by `require`. */
const BUNDLERS = ['module', 'bun'];

/** The conditions of ncc and `bun build`, which set no better one. Node may be started with them, so `require` has its own file. */
const PERHAPS = ['production', 'development'];

/** The ES module of an entry, and the CommonJS file beside it. @param {any} target */
const inBothForms = ({ types, default: file }) => ({
  import: { types, default: file },
  require: { types: types.replace('.mts', '.ts'), default: file.replace('.mjs', '.cjs') },
});

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
              name === 'bundlers'
                ? [...BUNDLERS.map((own) => [own, target]), ...PERHAPS.map((own) => [own, inBothForms(target)])]
                : [[name, target]],
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
