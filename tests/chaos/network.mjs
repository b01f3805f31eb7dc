// The network of a run: two hosts of the gateway and the address of the shop, which can be down.

import { createServer } from 'node:http';

/** After this many real milliseconds each closed connection has been noticed. */
const SEEN_MS = 20;

/** The gateway's two hosts. Their ports are below the ephemeral ones: nobody takes them while a host is down. */
export async function openGates(gateway) {
  const listen = async () => {
    for (let tries = 0; ; tries += 1) {
      try {
        return await gateway.listen(20_000 + Math.floor(Math.random() * 10_000));
      } catch (error) {
        if (error.code !== 'EADDRINUSE' || tries > 50) throw error;
      }
    }
  };
  const gates = [await listen(), await listen()];
  const isUp = [true, true];
  const set = async (place, up) => {
    if (isUp[place] === up) return;
    isUp[place] = up;
    if (up) gates[place] = await gateway.listen(gates[place].port);
    else await gates[place].close();
    // The clients see closed connections now, not at their next call: otherwise "sent or not" would depend on timing.
    await new Promise((resolve) => setTimeout(resolve, SEEN_MS));
  };
  let isMainUp = true;
  return {
    urls: gates.map(({ url }) => url),
    async main(up) {
      isMainUp = up;
      await set(0, up);
    },
    async both(up) {
      await set(0, up && isMainUp);
      await set(1, up);
    },
  };
}

/** Where the shop receives its notices, whichever of its processes is there. */
export async function openDoor() {
  let handler;
  let isShut = false;
  const server = createServer((request, response) => {
    // A process that is not there accepts no connection; one that is ends it.
    if (isShut) request.socket.destroy();
    else handler(request, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/wxpay/notify`,
    open(next) {
      handler = next;
    },
    shut(shut) {
      isShut = shut;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
