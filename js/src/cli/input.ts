// The input of a command: a file, or the standard input.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Given } from './usage.js';

/** The most bytes of a message. HAR files of a whole day are smaller. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Reads all bytes of the named file, or of the standard input for `-` and where no file is named. */
export async function readInput(given: Given): Promise<Buffer> {
  const { file = '-' } = given;
  if (file !== '-') return readNamed(given, file);
  if (process.stdin.isTTY)
    throw given.wrong({
      en: 'there is no message; name a file, or pipe the message in',
      zh: '没有报文；请写明文件，或用管道输入',
    });
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of process.stdin) {
    parts.push(part);
    size += part.length;
    if (size > MAX_BYTES)
      throw given.wrong({
        en: 'the message is larger than 256 MiB; cut out the part',
        zh: '报文超过 256 MiB；请截取相关部分',
      });
  }
  return Buffer.concat(parts);
}

/** Reads a file. The error shows the last part of the path alone. */
export function readNamed(given: Given, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unreadable(given, path, error);
  }
}

/** The error about a file that cannot be read. */
export function unreadable(given: Given, path: string, error: unknown): Error {
  const code = String((error as { code?: unknown }).code);
  const name = basename(path);
  return given.wrong({
    en: `${name} cannot be read (${code}); name an existing file`,
    zh: `无法读取 ${name}（${code}）；请写明已有的文件`,
  });
}
