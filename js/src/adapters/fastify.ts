// The notice handler in Fastify.
import { answerNode, type NodeRequest, type NotifyHandler } from '../node.js';

/** A request of Fastify. */
export type FastifyRequestLike = { raw: NodeRequest & { rawBody?: unknown; body?: unknown }; body?: unknown };

/** What the handler needs of a reply of Fastify. */
export type FastifyReplyLike = {
  raw: unknown;
  code(status: number): unknown;
  headers(values: object): unknown;
  send(body: string): unknown;
};

const mount = 'no middleware or hook may read the body of this route, unless it keeps the raw bytes as request.rawBody';

/**
 * The handler as a route of Fastify: `app.post('/wxpay/notify', fastifyNotify(handler))`. It answers before Fastify parses, whatever
 * parsers there are. In a route of your own, call its `handler`; then `request.rawBody` or a body parsed as a buffer is used.
 */
export function fastifyNotify(handler: NotifyHandler) {
  const answer = async (request: FastifyRequestLike, reply: FastifyReplyLike): Promise<unknown> => {
    const { rawBody = request.raw.rawBody, body = request.raw.body } = request as FastifyRequestLike & {
      rawBody?: unknown;
    };
    const { status, headers, body: text } = await answerNode(handler, request.raw, { rawBody, body, mount });
    reply.code(status);
    reply.headers(headers);
    reply.send(text);
    return reply;
  };
  return { onRequest: answer, handler: answer };
}
