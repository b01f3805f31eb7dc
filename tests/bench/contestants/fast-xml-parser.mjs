// node:crypto with a general reader and writer of XML, as most shops do it.
import crypto from 'node:crypto';

export const name = 'fast-xml-parser + node:crypto';
export const load = "require('fast-xml-parser')";

export async function create() {
  const { XMLBuilder, XMLParser } = await import('fast-xml-parser');
  const reader = new XMLParser({ ignoreDeclaration: true, parseTagValue: false });
  const writer = new XMLBuilder({ format: false });

  function sign(params, key, signType) {
    const text = Object.keys(params)
      .filter((name) => name !== 'sign' && params[name] !== '' && params[name] != null)
      .sort()
      .map((name) => `${name}=${params[name]}`)
      .join('&');
    const hash = signType === 'MD5' ? crypto.createHash('md5') : crypto.createHmac('sha256', key);
    return hash.update(`${text}&key=${key}`).digest('hex').toUpperCase();
  }
  return {
    sign,
    requestPayment({ appId, prepay_id, key, signType }) {
      const payment = {
        timeStamp: String(Math.floor(Date.now() / 1000)),
        nonceStr: crypto.randomBytes(16).toString('hex'),
        package: `prepay_id=${prepay_id}`,
        signType,
      };
      return { ...payment, paySign: sign({ appId, ...payment }, key, signType) };
    },
    signedXml: (params, key, signType) => writer.build({ xml: { ...params, sign: sign(params, key, signType) } }),
    openPayment(xml, key, signType) {
      const fields = reader.parse(xml).xml;
      const [own, given] = [sign(fields, key, signType), fields.sign ?? ''].map((text) => Buffer.from(text));
      if (own.length !== given.length || !crypto.timingSafeEqual(own, given)) throw new Error('the signature is wrong');
      return fields;
    },
    openRefund(xml, key) {
      const password = crypto.createHash('md5').update(key).digest('hex');
      const decipher = crypto.createDecipheriv('aes-256-ecb', password, null);
      return reader.parse(decipher.update(reader.parse(xml).xml.req_info, 'base64', 'utf8') + decipher.final('utf8'))
        .root;
    },
  };
}
