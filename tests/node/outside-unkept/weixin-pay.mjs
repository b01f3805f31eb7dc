// The client `weixin-pay`, unchanged: its calls, and its middleware on a server of this machine.
import { createServer } from 'node:http';
import WXPay from 'weixin-pay';
import { answerCalls } from '../outside/calls.mjs';
import { leadHere } from './led-here.mjs';

let client;

answerCalls({
  open({ pfx, host, ...config }) {
    leadHere(host);
    client = new WXPay({ ...config, pfx: Buffer.from(pfx, 'base64') });
  },
  call: (method, ...args) =>
    new Promise((resolve, reject) => {
      client[method](...args, (error, value) => (error ? reject(error) : resolve(value)));
    }),
  async listen() {
    // Its middleware verifies nothing: a shop that is careful compares the signature with the client's own function.
    const careful = client.useWXCallback((notice, _request, response) =>
      client.sign(notice) === notice.sign ? response.success() : response.fail(),
    );
    const asItsReadmeSays = client.useWXCallback((_notice, _request, response) => response.success());
    const server = createServer((request, response) =>
      (request.url === '/readme' ? asItsReadmeSays : careful)(request, response),
    );
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${server.address().port}`;
  },
});
