// GBK as the host knows it: the table of its decoder, reversed for the characters of one message.

/** Characters, and the two bytes of each. */
export interface GbkBytes {
  letters: string;
  bytes: Uint8Array;
}

/** The lead bytes of GBK are 0x81 to 0xFE, and the trail bytes 0x40 to 0xFE. */
const [LEAD, TRAIL, END] = [0x81, 0x40, 0xff];

let lines: readonly string[] | undefined;

/** The bytes of the characters of a message beyond ASCII, escaped ones too. A host without GBK knows none. */
export function gbkOf(message: string): GbkBytes {
  const wanted = new Set([...(message + unescaped(message))].filter((letter) => letter > '\x7f'));
  let letters = '';
  const bytes: number[] = [];
  if (wanted.size > 0) {
    lines ??= decoded();
    lines.forEach((letter, at) => {
      if (!wanted.delete(letter)) return;
      letters += letter;
      bytes.push(LEAD + Math.floor(at / (END - TRAIL)), TRAIL + (at % (END - TRAIL)));
    });
  }
  return { letters, bytes: Uint8Array.from(bytes) };
}

/** The characters that are written as `%E8%8C%B6`, `\\u8336` or `&#33590;`. */
function unescaped(message: string): string {
  const percent = message.match(/(?:%[89a-f][0-9a-f])+/gi) ?? [];
  const bytes = percent.join('').match(/[0-9a-f]{2}/gi) ?? [];
  const codes = [...message.matchAll(/\\u([0-9a-f]{4})|&#(\d{1,6});|&#x([0-9a-f]{1,5});/gi)];
  const numbers = codes.map(([, unit, decimal, hex]) =>
    decimal ? Number(decimal) : Number.parseInt(`${unit ?? hex}`, 16),
  );
  const decoded = new TextDecoder().decode(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)));
  return (
    decoded +
    numbers
      .filter((code) => code <= 0xffff)
      .map((code) => String.fromCharCode(code))
      .join('')
  );
}

/** The text of every pair of bytes. A line feed after each keeps a pair that is no character apart from the next one. */
function decoded(): readonly string[] {
  const pairs = new Uint8Array((END - LEAD) * (END - TRAIL) * 3);
  let at = 0;
  for (let lead = LEAD; lead < END; lead += 1)
    for (let trail = TRAIL; trail < END; trail += 1) {
      pairs.set([lead, trail, 0x0a], at);
      at += 3;
    }
  try {
    return new TextDecoder('gbk').decode(pairs).split('\n');
  } catch {
    return [];
  }
}
