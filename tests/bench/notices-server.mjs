// A notice endpoint in its own process: the handler, or a bare node:http server that answers the same bytes.
import { createServer } from 'node:http';
import { nodeHandler, replyNotify, WechatPay } from 'paysign';
import * as v3 from 'paysign/v3';
import * as byHand from './by-hand.mjs';
import { client } from './by-hand-v3.mjs';

const { kind, version, options } = JSON.parse(process.argv[2]);
let [delivered, refused] = [0, 0];

/** For each version its client, the answer, and what opens a notice: with ours, and by hand. */
const VERSIONS = {
  v2() {
    const merchant = new WechatPay(options);
    return {
      merchant,
      accepted: replyNotify(),
      type: 'text/xml; charset=utf-8',
      open: (body) => merchant.openNotify(body).paid,
      byHand: (body) => byHand.openNotify(body, { key: options.key, signType: 'HMAC-SHA256' }).fields.out_trade_no,
    };
  },
  v3() {
    const merchant = new v3.WechatPay(options);
    const hand = client(options);
    return {
      merchant,
      accepted: '{"code":"SUCCESS"}',
      type: 'application/json',
      open: async (body, headers) => (await merchant.openNotify({ body, headers })).paid,
      byHand: (body, headers) => hand.openNotice({ body, headers }).paid,
    };
  },
};
const { merchant, accepted, type, ...openers } = VERSIONS[version]();
const headers = { 'content-type': type, 'content-length': Buffer.byteLength(accepted) };

/** Reads the body, does something with it, and answers. */
const bare = (read) => (request, response) => {
  const parts = [];
  const answer = (isGood) => {
    if (isGood) delivered += 1;
    response.writeHead(200, headers);
    response.end(accepted);
  };
  request.on('data', (part) => parts.push(part));
  request.on('end', () => {
    const found = read(Buffer.concat(parts), request.headers);
    if (typeof found.then === 'function') found.then(answer);
    else answer(found);
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
  byHand: () => bare(openers.byHand),
  opening: () => bare(openers.open),
};
const server = createServer(LISTENERS[kind]());
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => process.send({ delivered, refused, cpuMs: cpuMs(), rss: process.memoryUsage.rss() }));
process.on('disconnect', () => process.exit());

function cpuMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
