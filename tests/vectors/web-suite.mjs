// Work with the bills and the decipher of APIv3 that a test lets a host of WebCrypto do.

/**
 * An answer as JSON can have it: a bill as its rows and its totals.
 * @param {any} bill
 */
export async function collected(bill) {
  if (typeof bill?.[Symbol.asyncIterator] !== 'function') return bill;
  const rows = [];
  for await (const row of bill) rows.push(row);
  return { rows, summary: bill.summary, differences: bill.differences };
}

/** @param {string} base64 */
const bytesOf = (base64) => Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));

/**
 * Decrypts each file in pieces of its sizes, in turn. Returns those that became another text.
 * @param {any} counterDecipher
 * @param {{ key: string, nonce: string, bytes: string, plain: string, sizes: number[] }[]} files
 */
export async function wronglyDeciphered(counterDecipher, files) {
  const wrong = [];
  for (const { key, nonce, bytes, plain, sizes } of files) {
    const decipher = counterDecipher(crypto.subtle, bytesOf(key), bytesOf(nonce));
    const file = bytesOf(bytes);
    const found = [];
    for (let [at, piece] = [0, 0]; at < file.length; piece += 1) {
      const size = sizes[piece % sizes.length] ?? 1;
      found.push(...(await decipher.update(file.subarray(at, at + size))));
      at += size;
    }
    found.push(...((await decipher.end()) ?? ['nothing']));
    if (found.join() !== bytesOf(plain).join()) wrong.push(`${file.length} bytes in pieces of ${sizes}`);
  }
  return wrong;
}

/**
 * The end of a file that is shorter than its tag. Undefined if the decipher refuses it.
 * @param {any} counterDecipher
 */
export async function endOfShort(counterDecipher) {
  const decipher = counterDecipher(crypto.subtle, new Uint8Array(32), new Uint8Array(12));
  await decipher.update(new Uint8Array(15));
  return (await decipher.end()) ?? 'refused';
}
