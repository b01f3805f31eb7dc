// The PEM files that a PKCS#12 file becomes, under WeChat's own names.

import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { write } from './terminal.js';
import type { Given } from './usage.js';

/** Writes certificate and key into the folder, or prints them for `-`. Only the owner can read the key. Returns the paths. */
export async function writePems(
  { cert, key }: { cert: string; key: string },
  place: string,
  given: Given,
): Promise<readonly string[]> {
  if (place === '-') {
    await write(`${cert.trimEnd()}\n${key.trimEnd()}\n`);
    return [];
  }
  const files = [
    { path: join(place, 'apiclient_cert.pem'), text: cert, mode: 0o644 },
    { path: join(place, 'apiclient_key.pem'), text: key, mode: 0o600 },
  ];
  const isForced = given.has('force');
  if (!isForced && files.some(({ path }) => existsSync(path)))
    throw given.wrong({
      en: 'the folder of --pem has PEM files of these names; use --force to overwrite them',
      zh: '--pem 的目录中已有同名 PEM 文件；要覆盖请用 --force',
    });
  try {
    mkdirSync(place, { recursive: true });
    for (const { path, text, mode } of files) {
      writeFileSync(path, `${text.trimEnd()}\n`, { mode, flag: isForced ? 'w' : 'wx' });
      // The mode of a new file does not change that of an older one.
      chmodSync(path, mode);
    }
  } catch (error) {
    const code = String((error as { code?: unknown }).code);
    throw given.wrong({
      en: `the folder of --pem cannot be written (${code}); choose another one`,
      zh: `无法写入 --pem 的目录（${code}）；请换一个目录`,
    });
  }
  return files.map(({ path }) => path);
}
