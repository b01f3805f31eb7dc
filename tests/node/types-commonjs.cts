// The types for programs that are CommonJS modules: they import the same names.
import { type Notice, openNotify, WechatPay } from 'paysign';
import { createGateway } from 'paysign/testing';

const pay = new WechatPay({ appid: 'wx1', mch_id: '1', key: 'k' });
export const notice: Notice = openNotify('', { key: 'k' });
export const order = pay.orderQuery({ out_trade_no: '1' });
export const gateway = createGateway({ merchants: [{ appid: 'wx1', mch_id: '1', key: 'k' }] });
// @ts-expect-error a number of the order is needed as text
export const wrong = pay.closeOrder({ out_trade_no: 1 });
