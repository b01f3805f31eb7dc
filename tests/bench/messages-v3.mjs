// The measured messages of APIv3: one merchant, his order, WeChat's answer to it, and a notice. Keys are made for this process.
import * as wechat from '../node/v3-support.mjs';

const { nowMs: _, ...merchant } = wechat.options;

/** The options of our client, with the clock of the machine. */
export const options = merchant;
export const { PUBLIC_ID, ids } = wechat;
export const platformKey = wechat.wechatKeys.publicKey;
export const merchantPublicKey = wechat.merchantKeys.publicKey;
export const prepay_id = 'wx26112221580621e9b071c00d9e093b0000';
export const order = {
  description: '腾讯充值中心-QQ会员充值',
  out_trade_no: '1217752501201407033233368018',
  notify_url: 'https://shop.example.com/v3',
  amount: { total: 100, currency: 'CNY' },
  payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' },
};

/** A body with its signature headers, signed now. Their names are in lower case, as Node has them. */
export function signed(body) {
  const seconds = Math.floor(Date.now() / 1000);
  const names = Object.entries(wechat.signedHeaders(body, { seconds }));
  const headers = Object.fromEntries(names.map(([name, value]) => [name.toLowerCase(), value]));
  return { headers: { 'content-type': 'application/json', ...headers }, body };
}

/** The answer to an order. */
export const answer = () => signed(JSON.stringify({ prepay_id }));

/** A notice as a server of node:http gets it. */
export function notice() {
  const { headers, body } = signed(wechat.envelope(wechat.ORDER));
  const bytes = Buffer.from(body);
  const others = {
    host: 'shop.example.com',
    'user-agent': 'Mozilla/4.0',
    accept: '*/*',
    'content-length': String(bytes.length),
    connection: 'close',
  };
  return { headers: { ...others, ...headers }, body: bytes };
}

/** What a notice is about. */
export const paid = wechat.ORDER;
