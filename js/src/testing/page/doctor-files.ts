// The files of the doctor's page, which the gateway serves too. They are in the folder of the package.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = ['index.html', 'style.css', 'page.mjs', 'reading.mjs', 'code.mjs', 'texts.mjs'];

/** The file of each path. The page imports the doctor from two folders above it. */
const FILES: ReadonlyMap<string, string> = new Map<string, string>([
  ...PAGE.map((name): [string, string] => [`/doctor/${name}`, `examples/doctor/${name}`]),
  ['/doctor/', 'examples/doctor/index.html'],
  ['/doctor.mjs', 'doctor.mjs'],
  ['/doctor-text.mjs', 'doctor-text.mjs'],
]);

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  mjs: 'text/javascript; charset=utf-8',
};

/** The answer for a path of the doctor's page; undefined for any other. */
export function doctorFile(pathname: string, headers: Readonly<Record<string, string>>): Response | undefined {
  if (pathname === '/doctor') return new Response(null, { status: 308, headers: { ...headers, location: '/doctor/' } });
  const place = FILES.get(pathname);
  if (place === undefined) return undefined;
  const type = TYPES[place.split('.').at(-1) ?? ''] as string;
  return new Response(readFileSync(join(__dirname, place)), { headers: { ...headers, 'content-type': type } });
}
