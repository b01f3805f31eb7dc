// The kinds of forged notices.

/** The fault of a forged notice. A refund notice has no signature, so `no signature` leaves out its content. */
export type Forgery = 'another key' | 'changed amount' | 'no signature';

/** Every kind of forged notice. */
export const FORGERIES: readonly Forgery[] = ['another key', 'changed amount', 'no signature'];

/** A notice that must not be accepted: a forged one, or a probe with a false signature (docs: 探测流量). */
export type Fake = Forgery | 'probe';
