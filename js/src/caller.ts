// The stack of errors from public functions: it begins at the line of the caller.
import { paramError, WxPayError } from './errors.js';

/** V8 has this function, and other engines need not. */
const { captureStackTrace } = Error as { captureStackTrace?: (target: object, from: unknown) => void };

/**
 * Returns the same function, but the stack of its errors begins at the line of the caller. A list of arguments in place of three
 * would cost 2 % of `sign`.
 */
export function atCaller<Call extends (a: never, b: never, c: never) => unknown>(call: Call): Call {
  const located = ((a: never, b: never, c: never) => {
    try {
      return call(a, b, c);
    } catch (error) {
      throw locatedAt(error, located);
    }
  }) as Call;
  return located;
}

/** The error with a stack that begins where `from` was called; `from` must be running. */
export function locatedAt(error: unknown, from: unknown): unknown {
  if (error instanceof WxPayError) captureStackTrace?.(error, from);
  return error;
}

/** Methods as they are defined on a class. */
type Methods = Record<string, (...given: unknown[]) => unknown>;

/** Locates the errors of every method of a class at its caller. `sync` names those that return no promise. */
export function locateMethods(prototype: object, sync: readonly string[] = []): void {
  for (const name of Object.getOwnPropertyNames(prototype).filter((name) => name !== 'constructor')) {
    const method = (prototype as Methods)[name] as Methods[string];
    const value = sync.includes(name) ? locatedMethod(method) : locatedLater(method);
    Object.defineProperty(prototype, name, { value });
  }
}

function locatedMethod(method: Methods[string]): Methods[string] {
  return function located(this: unknown, ...given) {
    try {
      return method.apply(bound(this), given);
    } catch (error) {
      throw locatedAt(error, located);
    }
  };
}

/** The client that a method was called on. */
function bound(client: unknown): unknown {
  if (client === undefined || client === null)
    throw paramError('this', 'the method was called without its client; call client.method(…), or bind it');
  return client;
}

/**
 * The method as one that always returns a promise. When a promise rejects, the stack has lost the caller. So the line is recorded
 * while the call runs. Recording takes longer than some calls, and what is no promise needs none.
 */
function locatedLater(method: Methods[string]): (...given: unknown[]) => Promise<unknown> {
  return function located(this: unknown, ...given) {
    let result: unknown;
    try {
      result = method.apply(bound(this), given);
    } catch (error) {
      return Promise.reject(locatedAt(error, located));
    }
    if (!(result instanceof Promise)) return Promise.resolve(result);
    const place: { stack?: unknown } = {};
    captureStackTrace?.(place, located);
    return result.catch((error: unknown) => {
      throw error instanceof WxPayError ? withPlace(error, place.stack) : error;
    });
  };
}

function withPlace(error: WxPayError, stack: unknown): WxPayError {
  // With a foreign `Error.prepareStackTrace`, a stack may be any value.
  if (typeof stack !== 'string') return error;
  const frames = stack.indexOf('\n');
  if (frames > 0) error.stack = `${error.name}: ${error.message}${stack.slice(frames)}`;
  return error;
}
