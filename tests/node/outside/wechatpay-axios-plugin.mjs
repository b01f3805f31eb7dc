// The client `wechatpay-axios-plugin`, unchanged but for the host: its calls, and notices opened as its README says.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Aes, Hash, Transformer, Wechatpay } from 'wechatpay-axios-plugin';
import { answerCalls } from './calls.mjs';

let client;
let secret;

/** The payment notice's signature is compared; the refund notice is decrypted. */
function openNotice(kind, xml) {
  const notice = Transformer.toObject(xml);
  if (kind === 'refund') return Transformer.toObject(Aes.AesEcb.decrypt(notice.req_info, Hash.md5(secret)));
  if (!Hash.equals(Hash.sign('MD5', notice, secret), notice.sign)) throw new Error('sign');
  return notice;
}

answerCalls({
  open({ host, mchid, key, merchant, publicKey }) {
    secret = key;
    const certs = { PUB_KEY_ID_1: publicKey };
    const version3 = { serial: '00', privateKey: merchant.key, certs };
    client = new Wechatpay({ baseURL: host, mchid, secret, merchant, ...version3 });
  },
  async call(path, params, config) {
    const method = path.split('/').reduce((chain, name) => chain[name], client.v2);
    const { data } = await method.post(params, config);
    return Buffer.isBuffer(data) ? data.toString('base64') : data;
  },
  // A payment on the phone is signed by hand, with the client's own functions.
  sign: (params) => Hash.sign(params.signType, params, secret),
  async listen() {
    const server = createServer(async (request, response) => {
      let return_code = 'SUCCESS';
      try {
        openNotice(request.url.slice(1), await text(request));
      } catch {
        return_code = 'FAIL';
      }
      response.end(Transformer.toXml({ return_code }));
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${server.address().port}`;
  },
});
