// The terminal: colours, tables, and the progress bar. Without a terminal there are neither colours nor a bar.

import type { WriteStream } from 'node:tty';
import { printable } from '../testing/shown.js';

/** A colour or a weight of text. */
export type Style = 'red' | 'green' | 'yellow' | 'bold' | 'dim';

const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  bold: [1, 22],
  dim: [2, 22],
};

/** Returns the text in this style if the output is a terminal and `NO_COLOR` is not set. Foreign characters that control it are escaped. */
export function styled(style: Style, text: string, output: NodeJS.WriteStream = process.stdout): string {
  const plain = printable(text);
  const [on, off] = CODES[style];
  return output.isTTY && !process.env.NO_COLOR ? `\u001b[${on}m${plain}\u001b[${off}m` : plain;
}

/** Writes lines to the output, and waits until it takes more. */
export async function print(...lines: readonly string[]): Promise<void> {
  await write(`${lines.join('\n')}\n`);
}

/** Writes a text to the output, and waits until it takes more. So a slow reader needs no memory. */
export async function write(text: string): Promise<void> {
  if (process.stdout.write(text)) return;
  await new Promise((resolve) => process.stdout.once('drain', resolve));
}

/** Lines with two columns. Values are foreign, so they are made printable. */
export function rowsOf(pairs: readonly (readonly [name: string, value: string])[]): string[] {
  const width = Math.max(0, ...pairs.map(([name]) => widthOf(name)));
  return pairs.map(([name, value]) => `  ${padded(printable(name), width)}  ${printable(value)}`.trimEnd());
}

/** The text with blanks up to this width. */
export const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));

/** How many columns a text takes. A Chinese character takes two. */
export const widthOf = (text: string): number =>
  [...text].reduce(
    (sum, one) =>
      sum +
      (/[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(one)
        ? 2
        : 1),
    0,
  );

/** A progress bar. It writes nothing if the error output is no terminal. */
export interface Bar {
  /** Shows how many bytes are read. */
  at(bytes: number): void;
  /** Removes the bar. */
  end(): void;
}

/** The least time between two pictures of the bar. */
const EVERY_MS = 80;

/** Makes a bar on the error output. Without a total it shows the bytes alone. */
export function progressBar(totalBytes: number | undefined, output: WriteStream = process.stderr): Bar {
  if (!output.isTTY) return { at() {}, end() {} };
  let shownMs = 0;
  return {
    at(bytes) {
      const nowMs = Date.now();
      if (nowMs - shownMs < EVERY_MS) return;
      shownMs = nowMs;
      output.write(`\r${picture(bytes, totalBytes)}\u001b[K`);
    },
    end() {
      if (shownMs > 0) output.write('\r\u001b[K');
    },
  };
}

/** The parts of a whole bar. */
const PARTS = 30;

function picture(bytes: number, totalBytes: number | undefined): string {
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  if (totalBytes === undefined || totalBytes === 0) return size;
  const share = Math.min(1, bytes / totalBytes);
  const full = Math.round(share * PARTS);
  return `[${'#'.repeat(full)}${'-'.repeat(PARTS - full)}] ${Math.floor(share * 100)} % ${size}`;
}
