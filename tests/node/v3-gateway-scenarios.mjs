// The table of all scenarios, and the run of them with one way to have WeChat Pay's keys.
import assert from 'node:assert/strict';
import { MONEY } from './v3-gateway-money-table.mjs';
import { ORDERS } from './v3-gateway-orders-table.mjs';
import { assertNotSent, openWorld } from './v3-gateway-support.mjs';

/** By the name of the call: its round trip, calls with bad input, and refusals. */
export const SCENARIOS = { ...ORDERS, ...MONEY };

/** Runs the scenarios on every side. `isWhole`: with bad input and refusals, which no key signs. */
export async function everyCall(way, { isWhole = false, ...more } = {}) {
  const world = await openWorld(way, more);
  try {
    for (const at of world.sides) {
      for (const [name, scenario] of Object.entries(SCENARIOS)) {
        if (scenario.only === 'provider' && at.isDirect) continue;
        await run(world, at, scenario, isWhole).catch((cause) => {
          throw new Error(`${name}, ${at.name}: ${cause.message}`, { cause });
        });
      }
    }
    assert.deepEqual(world.rejected, []);
  } finally {
    await world.close();
  }
}

async function run({ gateway }, at, { round, bad, refused }, isWhole) {
  await round(at);
  if (!isWhole) return;
  const sent = gateway.calls().length;
  for (const [call, field] of bad(at)) await assertNotSent(call, field);
  assert.equal(gateway.calls().length, sent, 'bad input is not sent');
  await refused(at);
}
