// node-easywechat, through the parts of its APIv2 client. It verifies every notice with MD5. It cannot be loaded as
// a whole: version 3.6.2 requires a file that is missing in its versions of node-socialite.
import { createRequire } from 'node:module';

export const name = 'node-easywechat';

export function create({ key, order }) {
  const require = createRequire(import.meta.url);
  const { buildXml, createHash, parseXml } = require('node-easywechat/dist/Core/Support/Utils.js');
  const { AES } = require('node-easywechat/dist/Core/Support/AES.js');
  const [LegacySignature, Utils, Validator] = ['LegacySignature', 'Utils', 'Validator'].map((part) =>
    require(`node-easywechat/dist/Pay/${part}.js`),
  );
  const merchant = { getV2SecretKey: () => key, getMerchantId: () => order.mch_id };
  const [signer, utils, validator] = [new LegacySignature(merchant), new Utils(merchant), new Validator(merchant)];
  return {
    sign: (params) => signer.sign({ ...params }).sign,
    requestPayment: ({ appId, prepay_id, signType }) => utils.buildMiniAppConfig(prepay_id, appId, signType),
    signedXml: (params) => buildXml(signer.sign({ ...params })),
    async openPayment(xml) {
      const fields = await parseXml(xml);
      validator.validateV2({ get: (name) => fields[name], toObject: () => fields });
      return fields;
    },
    async openRefund(xml) {
      const { req_info } = await parseXml(xml);
      const plain = AES.decrypt(req_info, createHash(key, 'md5'), '', true, 'aes-256-ecb').toString();
      const inside = await parseXml(plain);
      return inside.root ?? inside;
    },
  };
}
