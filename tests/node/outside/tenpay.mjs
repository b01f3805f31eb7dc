// The client `tenpay`, unchanged but for the host: its calls, and its middleware in a server of this machine.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import Tenpay from 'tenpay';
import { answerCalls } from './calls.mjs';

let payment;

answerCalls({
  open({ pfx, host, ...config }) {
    payment = new Tenpay({ ...config, pfx: Buffer.from(pfx, 'base64') });
    for (const [name, url] of Object.entries(payment.urls)) {
      payment.urls[name] = url.replace('https://api.mch.weixin.qq.com', host);
    }
  },
  call: (method, ...args) => payment[method](...args),
  async listen() {
    const server = createServer(async (request, response) => {
      const context = { request: { body: await text(request) } };
      // The work of Koa for the same middleware.
      await payment.middleware(request.url.slice(1))(context, async () => context.reply());
      response.setHeader('content-type', context.type).end(context.body);
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${server.address().port}`;
  },
});
