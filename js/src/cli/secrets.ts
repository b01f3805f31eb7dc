// Secrets and keys: from a file, an environment variable, or a prompt without echo. No error repeats a value.

import { openSync, readFileSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import type { Text } from './language.js';
import type { Given, Option } from './usage.js';

/** The options of the APIv2 key. */
export const KEY: readonly Option[] = secretOptions('key', { en: 'the APIv2 key', zh: 'APIv2 密钥' });

/** The options of the APIv3 key. */
export const API_V3_KEY: readonly Option[] = secretOptions('api-v3-key', { en: 'the APIv3 key', zh: 'APIv3 密钥' });

/** The options of the passphrase of a PKCS#12 file. */
export const PASSPHRASE: readonly Option[] = secretOptions('passphrase', {
  en: 'the passphrase of a p12 file',
  zh: 'p12 文件的密码',
});

/** The merchant's own key of APIv3. */
export const PRIVATE_KEY: Option = {
  name: 'private-key',
  value: 'FILE',
  text: { en: 'apiclient_key.pem, for APIv3', zh: 'apiclient_key.pem，用于 APIv3' },
};

/** The merchant's own certificate. */
export const CERTIFICATE: Option = {
  name: 'certificate',
  value: 'FILE',
  text: { en: 'apiclient_cert.pem, for APIv3', zh: 'apiclient_cert.pem，用于 APIv3' },
};

/** WeChat Pay's keys. */
export const WECHATPAY_KEY: Option = {
  name: 'wechatpay-key',
  value: 'ID=FILE',
  isRepeated: true,
  text: {
    en: 'pub_key.pem with its PUB_KEY_ID_…, or a platform certificate with its serial',
    zh: 'pub_key.pem 及其 PUB_KEY_ID_…，或平台证书及其序列号',
  },
};

function secretOptions(name: string, what: Text): Option[] {
  return [
    { name: `${name}-file`, value: 'FILE', text: { en: `file with ${what.en}`, zh: `存放${what.zh}的文件` } },
    {
      name: `${name}-env`,
      value: 'NAME',
      text: { en: `environment variable with ${what.en}`, zh: `存放${what.zh}的环境变量` },
    },
  ];
}

/** Reads the secret of `--name-file` or `--name-env`, without line ends around it. Without both it asks at the terminal. */
export async function secret(given: Given, name: string): Promise<string> {
  const found = optionalSecret(given, name) ?? (await ask(`${name}: `));
  if (found === undefined)
    throw given.wrong({
      en: `the ${name} is missing; use --${name}-file or --${name}-env`,
      zh: `缺少 ${name}；请用 --${name}-file 或 --${name}-env`,
    });
  if (found === '') throw given.wrong({ en: `the ${name} is empty; copy it again`, zh: `${name} 为空；请重新复制` });
  return found;
}

/** Reads a secret that is not always needed. */
export function optionalSecret(given: Given, name: string): string | undefined {
  const [file, variable] = [given.text(`${name}-file`), given.text(`${name}-env`)];
  if (file !== undefined && variable !== undefined)
    throw given.wrong({
      en: `--${name}-file and --${name}-env are both there; use one`,
      zh: `--${name}-file 与 --${name}-env 只能用一个`,
    });
  if (file !== undefined) return keyFile(given, `${name}-file`, file).replace(/^[\r\n]+|[\r\n]+$/g, '');
  if (variable === undefined) return undefined;
  const value = process.env[variable];
  if (value === undefined)
    throw given.wrong({
      en: `the environment variable of --${name}-env is not set; export it first`,
      zh: `--${name}-env 的环境变量未设置；请先 export`,
    });
  return value;
}

/** Reads the PEM text of an option, or undefined if the option is absent. */
export function pemFile(given: Given, name: string): string | undefined {
  const path = given.text(name);
  return path === undefined ? undefined : keyFile(given, name, path);
}

/** Reads the PEM text of an option that is needed. */
export function neededPem(given: Given, name: string): string {
  const text = pemFile(given, name);
  if (text === undefined)
    throw given.wrong({ en: `--${name} is missing; name its file`, zh: `缺少 --${name}；请写明文件` });
  return text;
}

/** WeChat Pay's keys by their ids. */
export function wechatpayKeys(given: Given): Record<string, string> {
  const pairs = given.all(WECHATPAY_KEY.name).map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at < 1)
      throw given.wrong({
        en: '--wechatpay-key must be ID=FILE, such as PUB_KEY_ID_1=pub_key.pem',
        zh: '--wechatpay-key 的形式是 ID=FILE，例如 PUB_KEY_ID_1=pub_key.pem',
      });
    return [text.slice(0, at), keyFile(given, WECHATPAY_KEY.name, text.slice(at + 1))];
  });
  return Object.fromEntries(pairs);
}

/** The path may be a secret by mistake, so no error repeats it. */
function keyFile(given: Given, name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = String((error as { code?: unknown }).code);
    throw given.wrong({
      en: `the file of --${name} cannot be read (${code}); name an existing file`,
      zh: `无法读取 --${name} 的文件（${code}）；请写明已有的文件`,
    });
  }
}

/** Asks at the terminal, without echo. Undefined if there is no terminal. */
export async function ask(question: string): Promise<string | undefined> {
  if (!process.stderr.isTTY) return undefined;
  const input = terminal();
  if (input === undefined) return undefined;
  // Before the question, so that nothing typed after it is echoed.
  input.setRawMode(true);
  process.stderr.write(question);
  try {
    return await typed(input);
  } finally {
    input.setRawMode(false);
    process.stderr.write('\n');
    if (input === process.stdin) input.pause();
    else input.destroy();
  }
}

/** The standard input may be the message, so the terminal itself is opened then. */
function terminal(): ReadStream | undefined {
  if (process.stdin.isTTY) return process.stdin;
  try {
    return new ReadStream(openSync('/dev/tty', 'r'));
  } catch {
    return undefined;
  }
}

/** Reads the letters up to Enter. Ctrl-C ends the program as a signal does. */
function typed(input: ReadStream): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const onData = (data: Buffer) => {
      for (const letter of data.toString('utf8')) {
        if (letter === '\u0003') {
          input.setRawMode(false);
          process.stderr.write('\n');
          process.exit(130);
        }
        if (letter === '\r' || letter === '\n' || letter === '\u0004') {
          input.off('data', onData);
          resolve(text);
          return;
        }
        text = letter === '\u007f' || letter === '\b' ? text.slice(0, -1) : text + letter;
      }
    };
    input.on('data', onData);
  });
}
