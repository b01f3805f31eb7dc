// The types of params in JavaScript.

/** The value of a field. Numbers must be safe integers. `null`, `undefined` and the empty text mean an absent field. */
export type Value = string | number | bigint | boolean | null | undefined;

/** The fields of one message, by WeChat's names. */
export type Params = Readonly<Record<string, Value>>;

/** Every field of a message as text. It inherits nothing, so no name of a field can be taken for a member of `Object`. */
export type Fields = Record<string, string>;
