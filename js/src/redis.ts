// Redis with the client that the shop has: one way to run a script, for `ioredis` and for `redis`.
import { configError } from './errors.js';

/** A connected client of `ioredis` (also `Cluster`) or of `redis` (also `createCluster`). */
export interface RedisClient {
  // The two clients have different types of `eval`. Each is called as its documentation says.
  eval: (...args: never[]) => unknown;
}

/** Runs a script with one key and some arguments. A script is one atomic step. */
export type RunScript = (script: string, key: string, ...args: string[]) => unknown;

/** Returns the function that runs scripts with this client. Only ioredis can define commands. */
export function scripts(client: RedisClient): RunScript {
  if (typeof client?.eval !== 'function') throw configError('client', 'must be a client of ioredis or redis');
  const run = client.eval as (...args: unknown[]) => unknown;
  return 'defineCommand' in client
    ? (script, key, ...args) => run.call(client, script, 1, key, ...args)
    : (script, key, ...args) => run.call(client, script, { keys: [key], arguments: args });
}
