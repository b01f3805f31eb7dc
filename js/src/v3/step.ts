// The next step of work. It runs in the same turn, unless the host's cryptography needs another one.

/** Passes a value to the next step: at once, or when its promise is fulfilled. */
export function step<T, U>(value: T | Promise<T>, next: (value: T) => U | Promise<U>): U | Promise<U> {
  return isPromise(value) ? value.then(next) : next(value);
}

/** A program may have replaced the global `Promise`, so its class says nothing. */
function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
