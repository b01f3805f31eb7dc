// The notice handler in Koa and egg.
import { answerNode, type NodeRequest, type NotifyHandler } from '../node.js';

/** The part of Koa's context that the handler uses. */
export interface KoaContext {
  req: NodeRequest;
  request: object;
  status: number;
  body: unknown;
  set(headers: Record<string, string>): void;
}

const mount =
  'mount it before app.use(bodyParser()), or use a parser that keeps ctx.request.rawBody, such as koa-bodyparser';

/**
 * The handler as a middleware of Koa: `router.post('/wxpay/notify', koaNotify(handler))`. If a parser has kept
 * `ctx.request.rawBody`, it is used.
 */
export function koaNotify(handler: NotifyHandler): (context: KoaContext) => Promise<void> {
  return async (context) => {
    const { rawBody, body } = context.request as { rawBody?: unknown; body?: unknown };
    const reply = await answerNode(handler, context.req, { rawBody, body, mount });
    context.status = reply.status;
    context.set({ ...reply.headers });
    context.body = reply.body;
  };
}
