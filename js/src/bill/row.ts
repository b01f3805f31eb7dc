// Rows as objects: one constructor for each set of columns.

/** One row of a bill, by WeChat's names of the columns, as text. It inherits nothing. */
export type BillRow = Record<string, string>;

/** Makes a row from the values of all columns, in their order. */
export type RowConstructor = new (values: readonly string[]) => BillRow;

/** The number of constructors in the cache, more than there are kinds of bills. A dropped constructor is made again. */
const KEPT = 16;
const kept = new Map<string, RowConstructor>();
const nothing = Object.freeze(Object.create(null));

/** The constructor of rows with these columns. */
export function constructorOf(names: readonly string[]): RowConstructor {
  const id = names.join('\n');
  let found = kept.get(id);
  if (found === undefined) {
    if (kept.size >= KEPT) kept.clear();
    found = make(names);
    kept.set(id, found);
  }
  return found;
}

/**
 * Each assignment is its own statement, because the engine caches the property name of each. One loop over all
 * names takes three times as long for a row. Code made from text would be shorter, but many sites forbid it (CSP).
 */
function make(names: readonly string[]): RowConstructor {
  // Keys of an object are interned, so the engine need not look them up at each use. Each key comes from its own object, because
  // one object would put keys like whole numbers first.
  const columns = names.map((name) => Object.keys({ [name]: '' })[0] as string);
  const count = columns.length;
  function Row(this: BillRow, values: readonly string[]): void {
    if (count < 3) return void rest(this, columns, values, 0);
    this[columns[0] as string] = values[0] as string;
    this[columns[1] as string] = values[1] as string;
    this[columns[2] as string] = values[2] as string;
    if (count < 6) return void rest(this, columns, values, 3);
    this[columns[3] as string] = values[3] as string;
    this[columns[4] as string] = values[4] as string;
    this[columns[5] as string] = values[5] as string;
    if (count < 9) return void rest(this, columns, values, 6);
    this[columns[6] as string] = values[6] as string;
    this[columns[7] as string] = values[7] as string;
    this[columns[8] as string] = values[8] as string;
    if (count < 12) return void rest(this, columns, values, 9);
    this[columns[9] as string] = values[9] as string;
    this[columns[10] as string] = values[10] as string;
    this[columns[11] as string] = values[11] as string;
    if (count < 15) return void rest(this, columns, values, 12);
    this[columns[12] as string] = values[12] as string;
    this[columns[13] as string] = values[13] as string;
    this[columns[14] as string] = values[14] as string;
    if (count < 18) return void rest(this, columns, values, 15);
    this[columns[15] as string] = values[15] as string;
    this[columns[16] as string] = values[16] as string;
    this[columns[17] as string] = values[17] as string;
    if (count < 21) return void rest(this, columns, values, 18);
    this[columns[18] as string] = values[18] as string;
    this[columns[19] as string] = values[19] as string;
    this[columns[20] as string] = values[20] as string;
    if (count < 24) return void rest(this, columns, values, 21);
    this[columns[21] as string] = values[21] as string;
    this[columns[22] as string] = values[22] as string;
    this[columns[23] as string] = values[23] as string;
    if (count < 27) return void rest(this, columns, values, 24);
    this[columns[24] as string] = values[24] as string;
    this[columns[25] as string] = values[25] as string;
    this[columns[26] as string] = values[26] as string;
    if (count < 30) return void rest(this, columns, values, 27);
    this[columns[27] as string] = values[27] as string;
    this[columns[28] as string] = values[28] as string;
    this[columns[29] as string] = values[29] as string;
    rest(this, columns, values, 30);
  }
  Row.prototype = nothing;
  return Row as unknown as RowConstructor;
}

function rest(row: BillRow, columns: readonly string[], values: readonly string[], from: number): void {
  for (let at = from; at < columns.length; at += 1) row[columns[at] as string] = values[at] as string;
}
