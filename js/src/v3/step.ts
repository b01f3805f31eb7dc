// The next step of work. It runs in the same turn, unless the host's cryptography needs another one.

/** Passes a value to the next step: at once, or when its promise is fulfilled. */
export function step<T, U>(value: T | Promise<T>, next: (value: T) => U | Promise<U>): U | Promise<U> {
  return isPromise(value) ? value.then(next) : next(value);
}

/** Runs work, and throws or rejects with what `changed` makes of its error. */
export function withErrors<T>(work: () => T | Promise<T>, changed: (error: unknown) => unknown): T | Promise<T> {
  const fail = (error: unknown): never => {
    throw changed(error);
  };
  try {
    const value = work();
    return isPromise(value) ? value.then((result) => result, fail) : value;
  } catch (error) {
    return fail(error);
  }
}

/** A program may have replaced the global `Promise`, so its class says nothing. */
function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
