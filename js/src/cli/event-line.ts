// The printed line of an event at the gateway.

import type { GatewayEvent } from '../testing/index.js';
import { printable } from '../testing/shown.js';

/** The line, with the time of the gateway's clock in the zone of this machine. It has no line break at its end. */
export function eventLine({ timeMs, type, ...members }: GatewayEvent): string {
  const { nextAttemptMs, ...told } = members as Record<string, unknown>;
  const parts = Object.entries(told).map(([name, value]) => `${name}=${plain(value)}`);
  if (typeof nextAttemptMs === 'number') parts.push(`again=${timeOfDay(nextAttemptMs)}`);
  return [timeOfDay(timeMs), type.padEnd(8), ...parts].join(' ');
}

/** The input of others may contain anything. A text that could control the terminal is printed as JSON. */
function plain(value: unknown): string {
  const text = String(value);
  return /^[\p{L}\p{N}\p{P}\p{S}]+$/u.test(text) ? text : printable(JSON.stringify(text));
}

function timeOfDay(timeMs: number): string {
  return new Date(timeMs).toTimeString().slice(0, 8);
}
