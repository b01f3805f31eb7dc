// node:crypto by hand: nothing is loaded but Node's own.
import { client } from '../by-hand-v3.mjs';

export const name = 'by hand';

export const create = ({ options }, fetch) => client(options, fetch);
