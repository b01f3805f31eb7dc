// A server in a thread of its own. It answers every order with the same signed prepay_id.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { messages } from './messages.mjs';

if (!isMainThread) serve();

/**
 * Starts the server. By default it answers as APIv2 does.
 * @param {{ headers: Record<string, string>, body: string }} [answer]
 * @returns {Promise<{ url: string, stop: () => Promise<unknown> }>}
 */
export async function orderServer(answer = answerV2()) {
  const worker = new Worker(new URL(import.meta.url), { workerData: answer });
  const port = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  return { url: `http://127.0.0.1:${port}`, stop: () => worker.terminate() };
}

function serve() {
  const { headers, body } = workerData;
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, headers).end(body));
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
}

function answerV2() {
  const { key, order, prepay } = messages;
  const fields = {
    appid: order.appid,
    mch_id: order.mch_id,
    nonce_str: 'IITRi8Iabbblz1Jc',
    prepay_id: prepay.prepay_id,
    result_code: 'SUCCESS',
    return_code: 'SUCCESS',
    return_msg: 'OK',
    trade_type: 'JSAPI',
  };
  const text = Object.entries(fields).map((pair) => pair.join('='));
  const sign = createHash('md5')
    .update(`${text.join('&')}&key=${key}`)
    .digest('hex')
    .toUpperCase();
  const elements = Object.entries({ ...fields, sign }).map(([name, value]) => `<${name}>${value}</${name}>`);
  return { headers: { 'content-type': 'text/xml' }, body: `<xml>${elements.join('')}</xml>` };
}
