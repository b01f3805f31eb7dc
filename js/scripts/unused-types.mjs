// Takes out of the package's types what no entry leads to: files, declarations and imports.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/**
 * A statement of a file of types.
 * @typedef {{ text: string, names: string[], words: Set<string>, isUsed: boolean }} Statement
 * @typedef {{ statements: Statement[], imports: Map<string, Source> }} File
 * @typedef {{ path: string, name: string }} Source a declaration in another file; `*` is the whole file
 */

/**
 * Keeps what the entries lead to.
 * @param {string} folder
 * @param {string[]} paths the files of the folder
 * @param {string[]} entries
 */
export function dropUnused(folder, paths, entries) {
  const read = (/** @type {string} */ path) => readFileSync(join(folder, path), 'utf8');
  const files = new Map(paths.map((path) => [path, parse(path, read(path))]));
  const waiting = entries.map((path) => ({ path, name: '*' }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) waiting.push(...use(files, next));
  for (const [path, { statements }] of files) {
    if (statements.some(({ isUsed }) => isUsed)) writeFileSync(join(folder, path), kept(statements));
    else rmSync(join(folder, path));
  }
}

/**
 * Marks a declaration as used. Returns what it refers to.
 * @param {Map<string, File>} files
 * @param {Source} source
 * @returns {Source[]}
 */
function use(files, { path, name }) {
  const file = files.get(path);
  if (file === undefined) return [];
  const isMeant = (/** @type {Statement} */ { names }) => name === '*' || names.includes(name) || names.includes('*');
  return file.statements
    .filter((statement) => !statement.isUsed && isMeant(statement))
    .flatMap((statement) => {
      statement.isUsed = true;
      const inner = [...statement.words].map((word) => file.imports.get(word) ?? { path, name: word });
      return [...inner, ...sources(path, statement.text)];
    });
}

/**
 * The files that a statement names itself: `export … from`, `import('…')`.
 * @param {string} path
 * @param {string} text
 * @returns {Source[]}
 */
function sources(path, text) {
  if (text.startsWith('import ')) return [];
  const named = text.matchAll(/(?:\bfrom |\bimport\()['"](\.[^'"]+)\.js['"]/g);
  return [...named].flatMap(([, target]) => {
    const file = posix.join(posix.dirname(path), `${target}.d.ts`);
    const list = /^export (?:type )?\{([^}]*)\} from/.exec(text)?.[1];
    if (list === undefined) return [{ path: file, name: '*' }];
    return bindings(list).map(({ name }) => ({ path: file, name }));
  });
}

/**
 * The names of `{ a, type b as c }`: their own, and here.
 * @param {string} list
 */
function bindings(list) {
  const parts = list.split(',').map((part) => part.trim().replace(/^type /, ''));
  return parts.filter(Boolean).map((part) => {
    const [name = '', here = name] = part.split(' as ');
    return { name, here };
  });
}

/**
 * Reads a file of the compiler.
 * @param {string} path
 * @param {string} text
 * @returns {File}
 */
function parse(path, text) {
  const imports = new Map();
  const statements = split(text).map((statement) => {
    const code = statement.replace(/\/\*\*[\s\S]*?\*\//g, '').trim();
    const [, list, target] = /^import (?:type )?\{([^}]*)\} from ['"](\.[^'"]+)\.js['"]/.exec(code) ?? [];
    const [, whole, place] = /^import (?:type )?\* as (\w+) from ['"](\.[^'"]+)\.js['"]/.exec(code) ?? [];
    const beside = (/** @type {string} */ file) => posix.join(posix.dirname(path), `${file}.d.ts`);
    for (const { name, here } of list === undefined ? [] : bindings(list))
      imports.set(here, { path: beside(`${target}`), name });
    if (whole !== undefined) imports.set(whole, { path: beside(`${place}`), name: '*' });
    return { text: statement, names: namesOf(code), words: new Set(code.match(/[A-Za-z_$][\w$]*/g)), isUsed: false };
  });
  return { statements, imports };
}

/**
 * The statements of a file, each with the comment before it. A statement ends with a line that closes all brackets.
 * @param {string} text
 */
function split(text) {
  const statements = [];
  let [statement, depth, isComment] = ['', 0, false];
  for (const line of text.split('\n')) {
    statement += `${line}\n`;
    const start = line.trim();
    isComment ||= start.startsWith('/**');
    if (isComment || start === '') {
      isComment &&= !start.endsWith('*/');
      continue;
    }
    for (const [mark] of line.replace(/'[^']*'|"[^"]*"|`[^`]*`/g, '').matchAll(/[(){}[\]]/g))
      depth += '({['.includes(mark) ? 1 : -1;
    if (depth > 0 || !/[;}]$/.test(line)) continue;
    statements.push(statement);
    statement = '';
  }
  return statement.trim() === '' ? statements : [...statements, statement];
}

/** @param {string} code */
function namesOf(code) {
  const declared = /^(?:export )?(?:declare )?(?:abstract )?(?:class|interface|type|function|const|enum) (\w+)/m.exec(
    code,
  );
  if (declared?.[1] !== undefined && !/^export type \{/m.test(code)) return [declared[1]];
  const list = /^export (?:type )?\{([^}]*)\}/m.exec(code)?.[1];
  if (list !== undefined) return bindings(list).map(({ here }) => here);
  // An import is used with the declaration that has its name.
  return code.startsWith('import ') ? [] : ['*'];
}

/**
 * The text of a file, with the imports that its declarations need.
 * @param {Statement[]} statements all of the file
 */
function kept(statements) {
  const used = statements.filter(({ isUsed }) => isUsed);
  const words = new Set(used.flatMap((statement) => [...statement.words]));
  const texts = statements.map(({ text, isUsed }) => {
    const list = /^import (?:type )?\{([^}]*)\}/.exec(text)?.[1];
    if (list !== undefined) {
      const parts = list
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '' && words.has(bindings(part)[0]?.here ?? ''));
      return parts.length === 0 ? '' : text.replace(/\{[^}]*\}/, `{ ${parts.join(', ')} }`);
    }
    // An import for its effect has no types.
    if (/^import ['"]/.test(text)) return '';
    const whole = /^import (?:type )?\* as (\w+)/.exec(text)?.[1];
    return isUsed || words.has(whole ?? '') ? text : '';
  });
  // A file without an import or an export would declare its names everywhere.
  const text = texts.join('');
  return /^(?:import|export)\b/m.test(text) ? text : `${text}export {};\n`;
}
