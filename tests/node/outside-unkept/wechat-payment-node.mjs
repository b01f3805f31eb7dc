// The client `wechat-payment-node`, unchanged: its calls, and its middlewares on a server of this machine.
import { createServer } from 'node:http';
import payment from 'wechat-payment-node';
import { answerCalls } from '../outside/calls.mjs';
import { leadHere } from './led-here.mjs';

const { default: WechatPayment } = payment;
let client;
let apiKey;

answerCalls({
  open({ pfx, host, ...config }) {
    leadHere(host);
    ({ apiKey } = config);
    client = new WechatPayment({ ...config, pfx: Buffer.from(pfx, 'base64') });
  },
  call: (method, ...args) => client[method](...args),
  async listen() {
    const take = (notice, _request, response) => (notice ? response.success() : response.fail());
    const careful = (notice, request, response) => take(notice instanceof Error ? null : notice, request, response);
    const middlewares = {
      '/pay': WechatPayment.wxCallback(take, apiKey),
      '/refund': WechatPayment.wxCallback(careful, apiKey, 'refund'),
      '/readme-refund': WechatPayment.wxCallback(take, apiKey, 'refund'),
    };
    const server = createServer((request, response) => middlewares[request.url](request, response));
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${server.address().port}`;
  },
});
