// The notices that no shop may believe. Each function sends one, and resolves to whether the shop believed it.
import { createHmac } from 'node:crypto';
import { parseXml, signedText } from 'paysign';

/**
 * What a thief sends about an order that nobody has paid. `letter` is a genuine notice of another order, as WeChat posted it.
 * @typedef {{ gateway: import('paysign/testing').Gateway, unpaid: string, letter: { url: string, headers: object, body: string } }} Scene
 */

const byAnotherKey = async ({ gateway, unpaid }) => (await gateway.forgeNotice({ out_trade_no: unpaid })).accepted;

/** APIv2: the fields are readable, and the signature is one of them. */
const v2 = (key) => ({
  'a forged notice': byAnotherKey,
  'a genuine notice with a changed amount': ({ letter }) => post({ ...letter, body: cheaper(letter.body) }),
  'a notice with the right signature and another amount': ({ letter, unpaid }) => {
    const { out_trade_no, sign } = parseXml(letter.body);
    const body = cheaper(letter.body.replace(out_trade_no, unpaid));
    return post({ ...letter, body: body.replace(sign, signed(body, key)) });
  },
});

/** APIv3: the fields are encrypted, and the signature is in the headers. */
const v3 = () => ({
  'a forged notice': byAnotherKey,
  'a genuine notice with a changed body': ({ letter }) =>
    post({ ...letter, body: letter.body.replace('支付成功', '支付失败') }),
  'a probe, which WeChat sends with a false signature': async ({ gateway, unpaid }) =>
    (await gateway.probe({ out_trade_no: unpaid })).accepted,
});

/** The forgeries for each API generation, by their names. The key of APIv2 makes the one that only the amount shows. */
export const FORGERIES = { v2, v3 };

/** Posts a notice. Both generations of WeChat believe a SUCCESS of status 200 alone. */
async function post({ url, headers, body }) {
  const answer = await fetch(url, { method: 'POST', headers, body });
  return answer.ok && (await answer.text()).includes('SUCCESS');
}

const cheaper = (body) => body.replace(/<total_fee>.*<\/total_fee>/, '<total_fee>1</total_fee>');

const signed = (body, key) =>
  createHmac('sha256', key)
    .update(`${signedText(parseXml(body))}&key=${key}`)
    .digest('hex')
    .toUpperCase();
