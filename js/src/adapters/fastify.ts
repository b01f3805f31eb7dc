// The notice handler in Fastify.
import { answerNode, type NodeRequest, type NotifyHandler } from '../node.js';

type Read = { body?: unknown; rawBody?: unknown };
type Request = Read & { raw: NodeRequest & Read };
type Reply = {
  code(status: number): unknown;
  headers(values: Record<string, string>): unknown;
  send(text: string): unknown;
};

const mount = 'no middleware or hook may read the body of this route, unless it keeps the raw bytes as request.rawBody';

/**
 * The handler as a route of Fastify: `app.post('/wxpay/notify', fastifyNotify(handler))`. It answers before Fastify parses, whatever
 * parsers there are. In a route of your own, call its `handler`; then `request.rawBody` or a body parsed as a buffer is used.
 */
export function fastifyNotify(handler: NotifyHandler) {
  const answer = async (request: object, reply: Reply): Promise<unknown> => {
    const { raw, rawBody = raw.rawBody, body = raw.body } = request as Request;
    const { status, headers, body: text } = await answerNode(handler, raw, { rawBody, body, mount });
    reply.code(status);
    reply.headers({ ...headers });
    reply.send(text);
    return reply;
  };
  return { onRequest: answer, handler: answer };
}
