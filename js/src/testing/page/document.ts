// The document of the page: HTML, style and script as one file, and the policy that allows no other.

import { createHash } from 'node:crypto';
import { PAGE_BODY } from './body.js';
import { CHINESE, CHINESE_WORDS } from './chinese.js';
import { ENGLISH } from './english.js';
import { pageDetails } from './script/details.js';
import { pageElements } from './script/elements.js';
import { pageRows } from './script/rows.js';
import { pageScript } from './script/script.js';
import { pageTables } from './script/tables.js';
import { pageTools } from './script/tools.js';
import { PAGE_STYLE } from './style.js';

/** Makes the document. It loads nothing from elsewhere, and its policy allows its own script only. */
export function makeDocument(): { html: string; policy: string } {
  const texts = JSON.stringify({ en: ENGLISH, zh: CHINESE, words: CHINESE_WORDS });
  // Each part is the source of one function, which uses nothing from outside but the parts before it.
  const parts = [pageElements, pageTables, pageDetails, pageRows, pageTools].map(String).join(',');
  const script = `(${pageScript})(${texts},${parts});`;
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(PAGE_STYLE)}'`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>paysign gateway</title><meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,"><style>${PAGE_STYLE}</style></head>${PAGE_BODY}<script>${script}</script></html>`;
  return { html, policy };
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
