// node:crypto by hand, where a notice comes as bytes, as it does for ours.
import { openNotify, openRefund } from '../by-hand.mjs';

export const name = 'by hand, from bytes';

export const create = () => ({
  openPayment: (_, key, signType, body) => openNotify(body, { key, signType }).fields,
  openRefund: (_, key, body) => openRefund(body.toString('utf8'), key),
});
