// The set-up of the tests of the transport: a client, servers of this machine, and a process of its own.
import { spawn } from 'node:child_process';
import { createServer as createHttps } from 'node:https';
import { WechatPay } from 'paysign';
import { file } from './certificate-support.mjs';
import { shop, signByHand, xmlByHand } from './gateway-support.mjs';
import { listen } from './notices-support.mjs';

export const QUERY = { out_trade_no: 'a1' };
export const client = (base, options) =>
  new WechatPay({ ...shop, baseUrls: [base], loginUrl: base, retries: 0, ...options });

/** The signed answer to `QUERY`. */
export const answer = () => {
  const fields = {
    return_code: 'SUCCESS',
    appid: shop.appid,
    mch_id: shop.mch_id,
    nonce_str: 'n',
    result_code: 'SUCCESS',
  };
  const all = { ...fields, out_trade_no: QUERY.out_trade_no, trade_state: 'NOTPAY', trade_state_desc: 'x' };
  return xmlByHand({ ...all, sign: signByHand(all, shop.key, 'HMAC-SHA256') });
};

/** A server over TLS on this machine. `as` is the name of its certificate. */
export async function secure(t, listener, as = 'server') {
  const server = createHttps({ key: file(`${as}.key`), cert: file(`${as}.pem`) }, listener);
  return (await listen(t, server)).replace('http:', 'https:');
}

/** Answers a request once its body is read. */
export const replying = (reply) => (request, response) => request.resume().on('end', () => reply(response, request));

/** Runs code in its own process, beside the servers of this one. Returns its output. */
export async function printed(code, env = {}) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd: new URL('../../', import.meta.url),
    env: { ...process.env, NODE_NO_WARNINGS: '1', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
  });
  let text = '';
  for await (const part of child.stdout) text += part;
  return text.trim();
}
