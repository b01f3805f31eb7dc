// The check of the measured ratios: each must reach 0.8 of its bar.
import { readFileSync } from 'node:fs';

/**
 * For each operation the `goal` that is aimed at, and the `bar` that CI requires. The bar is the goal where it is reached. Else it is
 * what was reached, with the reason in `why` and in README.md. All are ratios to the same work by hand. The goals of `h`, `j`, `m`
 * and `n` are in milliseconds. Their bars are ratios to tenpay (`h`) and to the faster peer.
 * @type {{ id: string, what: string, goal: number, bar: number, why?: string }[]}
 */
export const bars = JSON.parse(readFileSync(new URL('bars.json', import.meta.url), 'utf8'));

/** The share of its bar that an operation keeps on a machine that is busy with other things. */
export const KEPT = 0.8;

/**
 * @param {Record<string, number | undefined>} ratios of what was measured, by the operation's letter
 * @returns {string[]} a sentence for each operation that fell
 */
export function fallen(ratios) {
  return bars.flatMap(({ id, what, bar }) => {
    if (!(id in ratios)) return [];
    const ratio = ratios[id];
    if (ratio === undefined) return [`${id} ${what}: has no figure, since its result was not right`];
    if (ratio >= bar * KEPT) return [];
    return [`${id} ${what}: ${ratio.toFixed(2)} is under ${KEPT} of its bar of ${bar}`];
  });
}
