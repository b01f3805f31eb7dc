// The texts that were signed, for the reader of a demo: of requests, payments and notices. No key is in them.
import { parseXml, signedText } from 'paysign';

/** The text that a request to WeChat signed; undefined for the log-in, which signs nothing. */
export function signedRequest(url, { method, headers, body = '' }) {
  const authorization = new Headers(headers).get('authorization');
  if (authorization) {
    const said = (name) => authorization.match(`${name}="(.*?)"`)[1];
    const { pathname, search } = new URL(url);
    return lines(method, pathname + search, said('timestamp'), said('nonce_str'), body);
  }
  return String(body).startsWith('<xml>') ? keyed(parseXml(body)) : undefined;
}

/** The text that the payer's phone checks. */
export function signedPayment(appId, { paySign, ...signed }) {
  const { timeStamp, nonceStr, package: prepay } = signed;
  return signed.signType === 'RSA' ? lines(appId, timeStamp, nonceStr, prepay) : keyed({ appId, ...signed });
}

/** The text that WeChat signed for a notice. A refund notice of APIv2 has no signature. */
export function signedNotice({ headers, body }) {
  const timestamp = new Headers(headers).get('wechatpay-timestamp');
  if (timestamp) return lines(timestamp, new Headers(headers).get('wechatpay-nonce'), body);
  const fields = parseXml(body);
  return fields.sign ? keyed(fields) : undefined;
}

/** APIv2 signs the fields with the key at the end. */
const keyed = (fields) => `${signedText(fields)}&key=********`;

/** APIv3 signs lines, each with a line feed at its end. */
const lines = (...parts) => parts.map((part) => `${part}\\n`).join('');
