// The members of a client that call the APIs whose answers are not XML. They are symbols, so a subclass cannot override them by accident.

/** Calls an API whose answer is a bill. */
export const readsBill = Symbol('readsBill');

/** Calls an API whose answer is comments. */
export const readsComments = Symbol('readsComments');
