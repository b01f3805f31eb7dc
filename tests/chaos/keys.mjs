// WeChat Pay's keys during a run: phases of merchants, new platform certificates, and probes, at minutes that the seed decides.

import { MINUTE_MS } from './clock.mjs';
import { between } from './dice.mjs';

/** The way of a merchant from certificates to the public key. He has both at his shop before WeChat signs with the second one. */
const PHASES = ['obtained', 'switching', 'public key'];

/** How often a minute has a new certificate, and a probe. */
const SHARES = { renewal: 0.1, probe: 0.25 };

/** When in a minute a certificate ends. The clocks of shop and WeChat differ by less than the time from the last tick. */
const END_MS = 50_000;

/** Makes the turns. `minutes` is about how many minutes have traffic; `merchants` are those of APIv3. */
export function createKeyTurns({ gateway, draw, minutes, merchants }) {
  const chance = (what, ...more) => draw('keys', what, ...more);
  const moving = merchants.filter(({ keyPhase }) => keyPhase === 'certificate');
  const turns = moving.flatMap(({ mch_id }) =>
    PHASES.map((phase, index) => {
      const share = (index + chance('phase', mch_id, phase)) / PHASES.length;
      return { mch_id, phase, minute: 1 + Math.floor(share * minutes) };
    }),
  );
  return {
    /** Turns the keys of this minute. Returns whether the shop has to start with a key that it has just obtained. */
    async turn(minute) {
      if (moving.length > 0 && minute <= minutes && chance('renewal', minute) < SHARES.renewal) {
        const life = between(chance('life', minute), 10, 120) * MINUTE_MS + END_MS;
        // Some are listed and not used yet, and some sign at once.
        const isUsed = chance('use', minute) < 0.5;
        await gateway.renewCertificate({ use: isUsed, ...(chance('ends', minute) < 0.5 && { validForMs: life }) });
      }
      const now = turns.filter((one) => one.minute === minute);
      for (const { mch_id, phase } of now) {
        gateway.keyPhase(mch_id, phase, { publicKeyShare: 0.2 + 0.6 * chance('share', mch_id) });
      }
      return now.some(({ phase }) => phase === 'obtained');
    },
    /** Sends a probe (探测流量) in some minutes: about one of these orders of APIv3, or about one that nobody placed. */
    async probe(minute, { orders, url }) {
      if (merchants.length === 0 || chance('probe', minute) >= SHARES.probe) return;
      const place = between(chance('probed order', minute), 0, orders.length);
      const { mch_id } = merchants[between(chance('probed merchant', minute), 0, merchants.length - 1)];
      await gateway.probe(orders[place] ?? { mch_id, url });
    },
  };
}
