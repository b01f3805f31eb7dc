// The members of a client that call the APIs whose answers are no XML. As symbols they collide with no method of a subclass.

/** Calls an API whose answer is a bill. */
export const readsBill = Symbol('readsBill');

/** Calls an API whose answer is comments. */
export const readsComments = Symbol('readsComments');
