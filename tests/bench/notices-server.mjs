// A notice endpoint in its own process: the handler, or a bare node:http server that answers the same bytes.
import { createServer } from 'node:http';
import { nodeHandler, replyNotify, WechatPay } from 'paysign';
import * as byHand from './by-hand.mjs';

const { kind, appid, mch_id, key } = JSON.parse(process.argv[2]);
let [delivered, refused] = [0, 0];
const accepted = replyNotify();
const headers = { 'content-type': 'text/xml; charset=utf-8', 'content-length': Buffer.byteLength(accepted) };

const merchant = new WechatPay({ appid, mch_id, key });

/** Reads the body, does something with it, and answers. */
const bare = (read) => (request, response) => {
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    if (read(Buffer.concat(parts))) delivered += 1;
    response.writeHead(200, headers);
    response.end(accepted);
  });
};
/** Keeps the processor busy for this many milliseconds. */
function busy(ms) {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}

const LISTENERS = {
  handler: () =>
    nodeHandler(
      merchant.notifyHandler({
        onPaid() {
          delivered += 1;
        },
        onRejected(error) {
          refused += 1;
          if (refused < 5) console.error(error);
        },
      }),
    ),
  bare: () => bare((body) => body.length > 0),
  // Nothing is done with the notice: it shows what five microseconds cost.
  busy: () => bare((body) => busy(0.005) ?? body.length > 0),
  byHand: () => bare((body) => byHand.openNotify(body, { key, signType: 'HMAC-SHA256' }).fields.out_trade_no),
  opening: () => bare((body) => merchant.openNotify(body).paid),
};
const server = createServer(LISTENERS[kind]());
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => process.send({ delivered, refused, cpuMs: cpuMs(), rss: process.memoryUsage.rss() }));
process.on('disconnect', () => process.exit());

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
