// The server of a Node client's notices. Its reply says what the client found, or why it refused.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * Listens, and returns the address.
 * @param {(headers: import('node:http').IncomingHttpHeaders, body: string, path: string) => unknown} open
 */
export async function listenFor(open) {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    try {
      response.end(JSON.stringify(await open(request.headers, body, request.url ?? '')));
    } catch (error) {
      response.writeHead(401).end(String(error));
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}
