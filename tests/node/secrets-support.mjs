// The search for a secret in every text form that a value has.
import assert from 'node:assert/strict';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';

/** Eight consecutive characters of a secret, in every encoding of a dump. */
export const traces = (text) => {
  const writings = [text, text.toLowerCase(), Buffer.from(text).toString('hex'), Buffer.from(text).toString('base64')];
  writings.push([...Buffer.from(text)].join(), [...Buffer.from(text)].join(', '));
  return writings.flatMap((writing) => writing.match(/.{8}/g));
};

/** Every text form of a value that a log, a debugger or a copy could show. */
function showings(value) {
  const shown = [String(value), format('%s %o %O %j', value, value, value, value)];
  for (const options of [{}, { showHidden: true, depth: 10, getters: true }, { customInspect: false, depth: 10 }])
    shown.push(inspect(value, options));
  shown.push(JSON.stringify(value), JSON.stringify({ ...value }), JSON.stringify(Object.entries(value)));
  shown.push(inspect(structuredClone(value), { showHidden: true, depth: 10 }), serialize(value).toString('latin1'));
  for (let at = value; at && at !== Object.prototype; at = Object.getPrototypeOf(at))
    for (const name of Reflect.ownKeys(at)) {
      const own = Reflect.getOwnPropertyDescriptor(at, name).value;
      shown.push(String(name), typeof own === 'function' ? '' : inspect(own, { depth: 10, showHidden: true }));
    }
  for (const name in value) shown.push(name, inspect(value[name]));
  if (value instanceof Error) shown.push(value.message, value.stack, inspect(value.cause, { depth: 10 }));
  return shown.join('\n');
}

/** Fails if a value shows a trace of a secret in any form. */
export function assertShowsNone(value, what, secrets) {
  const shown = showings(value);
  for (const trace of secrets)
    assert.equal(shown.includes(trace), false, `${what} shows ${trace}: ${shown.slice(0, 500)}`);
}
