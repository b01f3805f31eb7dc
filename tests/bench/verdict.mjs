// Whether the measured ratios hold: none may fall under 0.8 of its bar.
import { readFileSync } from 'node:fs';

/**
 * For each operation what is aimed at (`goal`), and what has to be kept (`bar`): the goal where it is reached, else what was reached,
 * with the reason (`why`; README.md tells more). All are ratios to the same work by hand, but for
 * `h`: its goal is in milliseconds, its bar the ratio to tenpay.
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
