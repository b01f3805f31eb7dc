// What the command does with a diagnosis of a message that is refused.
import type { Diagnosis } from '../doctor.js';

/** The diagnosis without the right signature, which a forger could take from a log. */
export function ofRefused(diagnosis: Diagnosis | undefined): Diagnosis | undefined {
  if (diagnosis === undefined) return undefined;
  const { rightSignature: _, ...others } = diagnosis;
  return others;
}
