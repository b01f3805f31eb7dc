// The notice handler in Express 4 and 5, and in Nest on Express.
import { type NodeRequest, type NodeResponse, type NotifyHandler, nodeHandler } from '../node.js';

/** A request of Express. */
export type ExpressRequest = NodeRequest & { body?: unknown; rawBody?: unknown };

const mount =
  'mount it before app.use(express.json()), or keep the bytes: express.json({ verify: (request, _response, raw) => { request.rawBody = raw } }); in Nest create the app with rawBody: true';

/**
 * The handler as a handler of Express: `app.post('/wxpay/notify', expressNotify(handler))`, before any body parser. If a parser
 * has read the body, `request.rawBody` or the `request.body` of `express.raw()` is used.
 */
export function expressNotify(
  handler: NotifyHandler,
): (request: ExpressRequest, response: NodeResponse) => Promise<void> {
  return nodeHandler(handler, ({ rawBody, body }: ExpressRequest) => ({ rawBody, body, mount }));
}
