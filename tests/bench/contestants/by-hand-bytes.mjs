// node:crypto by hand where a notice is not text yet but bytes, as it arrives and as ours is given it.
import { openNotify, openRefund } from '../by-hand.mjs';

export const name = 'by hand, from bytes';

export const create = () => ({
  openPayment: (_, key, signType, body) => openNotify(body, { key, signType }).fields,
  openRefund: (_, key, body) => openRefund(body.toString('utf8'), key),
});
