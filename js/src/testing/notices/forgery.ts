// What can be wrong with a forged notice.

/** What is wrong with a forged notice. A refund notice has no signature: there `no signature` leaves its content out. */
export type Forgery = 'another key' | 'changed amount' | 'no signature';

/** Every kind of forgery. */
export const FORGERIES: readonly Forgery[] = ['another key', 'changed amount', 'no signature'];
