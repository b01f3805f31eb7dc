// The hooks of js/docs/proxies-and-logs.md with the real pino and OpenTelemetry, in both API generations.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { WechatPay as WechatPayV2 } from 'paysign';
import { createGateway } from 'paysign/testing';
import { WechatPay as WechatPayV3 } from 'paysign/v3';
import { functionsOf, readPage } from './docs-support.mjs';
import { otherShop } from './gateway-support.mjs';

const from = createRequire(new URL('./telemetry/', import.meta.url));
const pino = from('pino');
const { context, SpanKind, SpanStatusCode, trace } = from('@opentelemetry/api');
const { AsyncLocalStorageContextManager } = from('@opentelemetry/context-async-hooks');
const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = from('@opentelemetry/sdk-trace-base');

const SHOP = { ...otherShop, apiV3Key: 'v'.repeat(32) };
const exporter = new InMemorySpanExporter();
const { blocks } = readPage('proxies-and-logs.md');
const [ofPino, ofSpans] = ["from 'pino'", '@opentelemetry/api'].map((name) =>
  blocks.find((code) => code.includes(name)),
);
const MISSING = { out_trade_no: 'missing-01' };
let gateway;
let merchants;

before(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  gateway = createGateway({ merchants: [SHOP] });
  merchants = {
    v2: { ...(await gateway.client(SHOP.mch_id)), retries: 1 },
    v3: { ...(await gateway.client(SHOP.mch_id, { api: 'v3' })), retries: 1 },
  };
});
after(() => gateway.close());

/** Runs a block without its imports, whose names are in the scope. Returns the client that it makes. */
async function clientOf(code, scope) {
  const [run] = await functionsOf([`{\n${code.replaceAll(/^import .*\n/gm, '')}return pay;\n}`], Object.keys(scope));
  return run(scope);
}

/** The reports come after the calls. */
const reported = () => new Promise((resolve) => setImmediate(resolve));

for (const [name, WechatPay] of Object.entries({ v2: WechatPayV2, v3: WechatPayV3 })) {
  test(`API${name}: pino writes a line for each attempt without a key, and the masked texts at level debug`, async () => {
    const lines = [];
    const destination = { write: (line) => lines.push(JSON.parse(line)) };
    const scope = { pino, destination, WechatPay, merchant: merchants[name], process: { env: { LOG_LEVEL: 'debug' } } };
    const pay = await clientOf(ofPino, scope);
    await assert.rejects(pay.orderQuery(MISSING));
    await reported();
    const [line, texts] = lines;
    assert.deepEqual([line.msg, line.level, line.outcome, line.attempt], ['WeChat Pay', 40, 'rejected', 0]);
    assert.ok(line.path.length > 5 && line.ms > 0 && line.err_code.includes('NOT'));
    assert.match(texts.msg, /masked texts/);
    assert.match(texts.answer, /NOT_?EXIST/);
    const all = JSON.stringify(lines);
    for (const secret of [SHOP.key, SHOP.apiV3Key, SHOP.secret]) assert.ok(!all.includes(secret));
    const quiet = [];
    const env = { destination: { write: (text) => quiet.push(text) }, process: { env: {} } };
    await assert.rejects((await clientOf(ofPino, { ...scope, ...env })).orderQuery(MISSING));
    await reported();
    assert.equal(quiet.length, 1, 'no texts at level info');
  });

  test(`API${name}: each attempt is a span within the span of its call, from before the request to its end`, async () => {
    exporter.reset();
    const pay = await clientOf(ofSpans, { SpanKind, SpanStatusCode, trace, WechatPay, merchant: merchants[name] });
    const path = name === 'v2' ? '/pay/orderquery' : '/v3/pay/transactions/out-trade-no/{out_trade_no}';
    gateway.failNext({ path, kind: 'reset', when: 'before' });
    const tracer = trace.getTracer('test');
    const ask = (outer) =>
      tracer.startActiveSpan(outer, async (span) => {
        await pay.orderQuery(MISSING).catch(() => {});
        await reported();
        span.end();
      });
    await ask('first');
    await ask('second');
    const spans = exporter.getFinishedSpans();
    const outer = Object.fromEntries(['first', 'second'].map((one) => [one, spans.find((span) => span.name === one)]));
    const inner = spans.filter((span) => span.kind === SpanKind.CLIENT);
    assert.deepEqual(
      inner.map(({ parentSpanContext }) => parentSpanContext.spanId),
      [outer.first, outer.first, outer.second].map((span) => span.spanContext().spanId),
    );
    assert.deepEqual(
      inner.map(({ attributes }) => [attributes['http.request.resend_count'], attributes['wxpay.outcome']]),
      [
        [0, 'unknown'],
        [1, 'rejected'],
        [0, 'rejected'],
      ],
    );
    for (const span of inner) {
      assert.equal(span.ended, true);
      assert.equal(span.status.code, SpanStatusCode.ERROR);
      assert.ok(`${span.attributes['url.path']}`.startsWith(path.split('{')[0]));
    }
    exporter.reset();
    await pay.code2Session(gateway.login({ appid: SHOP.appid, openid: 'o1' }));
    await reported();
    const [good] = exporter.getFinishedSpans();
    assert.deepEqual([good.attributes['wxpay.outcome'], good.status.code], ['done', SpanStatusCode.UNSET]);
  });
}
