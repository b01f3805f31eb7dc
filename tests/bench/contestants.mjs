// The contestants: ours first, then the work by hand, then today's packages.
import { messages } from './messages.mjs';

const NAMES = [
  'paysign',
  'by-hand',
  'by-hand-bytes',
  'fast-xml-parser',
  'tenpay',
  'wechatpay-axios-plugin',
  'node-easywechat',
];

/**
 * @param {(file: string) => boolean} [wanted]
 * @returns {Promise<{ file: string, name: string, load?: string, loadAndSign?: string, firstOrder?: string, methods: Record<string, Function> }[]>}
 */
export function contestants(wanted = () => true) {
  return Promise.all(
    NAMES.filter(wanted).map(async (file) => {
      const { create, ...rest } = await import(`./contestants/${file}.mjs`);
      return { file, ...rest, methods: await create(messages) };
    }),
  );
}
