// The types of the adapters, tested by compiling them with those of the frameworks.

import { createServer } from 'node:http';
import Router from '@koa/router';
import type { Application } from 'egg';
import express from 'express';
import { fastify } from 'fastify';
import { Hono } from 'hono';
import { Redis } from 'ioredis';
import { type NoticeStore, type NotifyHandler, nodeHandler, notifyRouter, redisStore, WechatPay } from 'paysign';
import { expressNotify } from 'paysign/express';
import { fastifyNotify } from 'paysign/fastify';
import { koaNotify } from 'paysign/koa';
import { createClient, createCluster } from 'redis';

const pay = new WechatPay({ appid: 'wx1', mch_id: '1', key: 'k' });
const stores: NoticeStore[] = [
  redisStore(new Redis()),
  redisStore(createClient()),
  redisStore(createCluster({ rootNodes: [] })),
];

export const notify: NotifyHandler = pay.notifyHandler({
  findOrder: async (out_trade_no) => (out_trade_no === '' ? undefined : { out_trade_no, total_fee: 1, more: true }),
  onPaid: async ({ transaction_id, total_fee }, { signal }) => {
    const [text, fen]: [string, number] = [transaction_id, total_fee];
    console.log(text, fen, signal.aborted);
  },
  onRefund: ({ out_refund_no }) => console.log(out_refund_no),
  onFailed: ({ paid }) => console.log(paid satisfies false),
  onRejected: ({ code, cause }, { notice, header }) => console.log(code, cause, notice?.kind, header('user-agent')),
  store: stores[0],
});

express().post('/', expressNotify(notify));
new Router().post('/', koaNotify(notify));
export const eggRoutes = (app: Application) => app.router.post('/', koaNotify(notify));
fastify().post('/', fastifyNotify(notify));
new Hono().post('/', (c) => notify(c.req.raw));
createServer(nodeHandler(notify));
notifyRouter([pay], { onPaid() {} });

/** The type of a route's method in Next.js. */
export const POST: (request: Request, context: { params: Promise<object> }) => Promise<Response> = notify;

// @ts-expect-error a listener for what is paid is needed
pay.notifyHandler({});
// @ts-expect-error the listeners are needed
notifyRouter([pay]);
// @ts-expect-error no client
redisStore({});
