// The cost of a message of another kind than the last, whose names are not in the module's cache.
import { openNotify, sign } from 'paysign';
import { messages, orderOf, SIGN_TYPES } from './messages.mjs';
import { fastest } from './rounds.mjs';

/** The sizes of the caches: kinds of outgoing messages (js/src/wasm/params.ts), and incoming kinds. */
const KINDS = 16;

/** The extra nanoseconds of a call: outgoing messages of known and new kinds, and notices of alternating kinds. */
export async function kinds(rounds) {
  const { key, payments } = messages;
  const order = orderOf('MD5');
  const orders = (count) => Array.from({ length: count }, (_, number) => ({ ...order, [`field_${number}`]: 'x' }));
  const [one, two, many] = [1, 2, KINDS + 1].map((count) =>
    inTurn(orders(count), (params) => sign(params, key, 'MD5')),
  );
  const bodies = SIGN_TYPES.map((signType) => [Buffer.from(payments[signType]), { key, signType }]);
  const [md5, hmac] = bodies.map(
    ([body, options]) =>
      () =>
        openNotify(body, options),
  );
  const both = inTurn(bodies, ([body, options]) => openNotify(body, options));
  const took = await fastest(rounds, { one, two, many, md5, hmac, both });
  return {
    known: took.two - took.one,
    unknown: took.many - took.one,
    notice: took.both - (took.md5 + took.hmac) / 2,
  };
}

function inTurn(inputs, run) {
  let at = 0;
  return () => {
    at = at + 1 === inputs.length ? 0 : at + 1;
    return run(inputs[at]);
  };
}
