// The help of `paysign` in both languages, the choice of the language, and the completion of shells.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { command, run, save } from './cli-support.mjs';

const COMMANDS = ['sign', 'verify', 'explain', 'pay-params', 'notice', 'bill', 'cert', 'completion', 'gateway'];
const optionsOf = (help) => [...help.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, name]) => name);

test('each command has the same options in both languages, and an example that names it', async () => {
  for (const name of COMMANDS) {
    const [english, chinese] = await Promise.all(
      ['en', 'zh'].map(async (lang) => {
        const { code, stdout, stderr } = await run([name, '--help'], {
          env: { LC_ALL: lang === 'en' ? 'C' : 'zh_CN.UTF-8' },
        });
        assert.deepEqual([code, stderr], [0, ''], name);
        return stdout;
      }),
    );
    assert.deepEqual(optionsOf(english), optionsOf(chinese), name);
    assert.ok(optionsOf(english).length > 2, name);
    assert.match(english, new RegExp(`^ {2}.*paysign ${name}\\b`, 'm'));
    assert.match(chinese, /\p{Script=Han}/u, name);
    assert.doesNotMatch(english.split('Examples:')[0], /\p{Script=Han}/u, name);
  }
});

test('the list of commands has each of them, in the language of the locale or of --lang', async () => {
  for (const [args, env, words] of [
    [[], {}, /Usage: paysign <command>/],
    [['--help'], { LC_ALL: 'zh_CN.UTF-8' }, /用法：paysign <命令>/],
    [['help'], { LC_ALL: '', LC_MESSAGES: 'zh_TW', LANG: 'C' }, /用法/],
    [['--lang', 'zh'], {}, /用法/],
    [['--help', '--lang=en'], { LC_ALL: 'zh_CN.UTF-8' }, /Usage/],
  ]) {
    const { code, stdout } = await run(args, { env });
    assert.equal(code, 0);
    assert.match(stdout, words, `${args}`);
    for (const name of COMMANDS) assert.match(stdout, new RegExp(`^  ${name} `, 'm'));
  }
  const { code, stderr } = await run(['sign', '--xml=1'], { env: { LC_ALL: 'zh_CN.UTF-8' } });
  assert.deepEqual([code, /不带值/.test(stderr)], [2, true]);
});

/** The words that bash would offer for this line. */
function completed(...words) {
  const script = `${execFileSync(process.execPath, [command, 'completion', 'bash'], { encoding: 'utf8' })}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${words.length - 1}
_paysign
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n');
}

test('bash completes commands, options, choices and files', () => {
  assert.deepEqual(completed('paysign', '').sort(), [...COMMANDS, '--help', '--version'].sort());
  assert.deepEqual(completed('paysign', 'ver'), ['verify']);
  assert.deepEqual(completed('paysign', 'verify', '--key'), ['--key-file', '--key-env']);
  assert.deepEqual(completed('paysign', 'gateway', '--no'), ['--notice-late']);
  assert.deepEqual(completed('paysign', 'sign', '--sign-type', ''), ['MD5', 'HMAC-SHA256']);
  assert.deepEqual(completed('paysign', 'sign', '--lang', 'z'), ['zh']);
  assert.deepEqual(completed('paysign', 'completion', ''), ['bash', 'zsh', 'fish']);
  const path = save('completed-file.xml', '');
  assert.deepEqual(completed('paysign', 'sign', path.slice(0, -4)), [path]);
});

test('completion has a script for zsh and fish, and ends with 2 for another shell', async () => {
  assert.match(
    (await run(['completion', 'zsh'])).stdout,
    /^autoload -U \+X bashcompinit && bashcompinit\n_paysign\(\) \{/,
  );
  const fish = (await run(['completion', 'fish'])).stdout;
  for (const name of COMMANDS) assert.match(fish, new RegExp(`__fish_seen_subcommand_from ${name}'`));
  assert.equal(JSON.parse((await run(['completion', 'bash', '--json'])).stdout).shell, 'bash');
  for (const args of [['completion'], ['completion', 'tcsh']]) {
    const { code, stdout, stderr } = await run(args);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /name the shell: bash, zsh or fish/);
  }
});
