// The contestants of each version: ours first, then the work by hand, then today's packages.
import { messages } from './messages.mjs';
import * as messagesV3 from './messages-v3.mjs';
import { answering } from './operations-v3.mjs';

const NAMES = [
  'paysign',
  'by-hand',
  'by-hand-bytes',
  'fast-xml-parser',
  'tenpay',
  'wechatpay-axios-plugin',
  'node-easywechat',
];
const NAMES_V3 = ['paysign', 'by-hand', 'wechatpay-axios-plugin', 'wechatpay-node-v3'];

/** @typedef {{ file: string, name: string, load?: string, loadAndSign?: string, firstOrder?: string, methods: Record<string, Function> }} Contestant */

/**
 * @param {(file: string) => boolean} [wanted]
 * @returns {Promise<Contestant[]>}
 */
export function contestants(wanted = () => true) {
  return Promise.all(
    NAMES.filter(wanted).map(async (file) => {
      const { create, ...rest } = await import(`./contestants/${file}.mjs`);
      return { file, ...rest, methods: await create(messages) };
    }),
  );
}

/**
 * Those of APIv3. Each sends with its own `fetch`, which answers at once.
 * @param {(file: string) => boolean} [wanted]
 * @returns {Promise<(Contestant & { fetch: Function })[]>}
 */
export function contestantsV3(wanted = () => true) {
  return Promise.all(
    NAMES_V3.filter(wanted).map(async (file) => {
      const { create, ...rest } = await import(`./contestants-v3/${file}.mjs`);
      const fetch = answering();
      return { file, ...rest, fetch, methods: await create(messagesV3, fetch) };
    }),
  );
}
