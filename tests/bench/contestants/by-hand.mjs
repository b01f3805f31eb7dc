// node:crypto by hand: nothing is loaded but Node's own.
import * as byHand from '../by-hand.mjs';

export const name = 'by hand';

export const create = () => byHand;
