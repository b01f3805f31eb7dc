// The source of a streamed bill: gzip or plain, unpacked, within limits.
import { WxPayError } from '../errors.js';
import { unawaited } from '../http/pieces.js';
import { failure, type Source } from './sender.js';

/** The most bytes of an unpacked bill, if its caller sets no other limit. */
export const MAX_BYTES = 1024 ** 3;

/** The most times that a bill may be larger than its compressed form, if it is larger than `RATIO_FROM` bytes. */
const RATIO = 100;
const RATIO_FROM = 1024 * 1024;
/** The number of bytes that the unpacker receives in one step, so that its output can be compared with them. */
const FED_BYTES = 64 * 1024;

/** Takes the bytes of a stream. The first two decide whether they must be unpacked. */
export async function openSource(source: Source, maxBytes: number): Promise<Source> {
  const first: Uint8Array[] = [];
  const mark: number[] = [];
  while (mark.length < 2) {
    const piece = await source.next();
    if (piece === undefined) break;
    mark.push(...piece.subarray(0, 2 - mark.length));
    first.push(piece);
  }
  const whole: Source = { next: async () => first.shift() ?? source.next(), cancel: () => source.cancel() };
  if (mark[0] !== 0x1f || mark[1] !== 0x8b) return capped(whole, maxBytes, 0);
  // A compressed form may be a little larger than the bill, and may endlessly unpack to nothing.
  return capped(unpacked(capped(whole, maxBytes, RATIO_FROM)), maxBytes, 0);
}

function capped(source: Source, maxBytes: number, more: number): Source {
  let size = 0;
  return {
    async next() {
      const piece = await source.next();
      size += piece?.length ?? 0;
      if (size > maxBytes + more) throw failure('ERR_BILL', `the bill is larger than ${maxBytes} bytes; see maxBytes`);
      return piece;
    },
    cancel: () => source.cancel(),
  };
}

function unpacked(source: Source): Source {
  const stream = new DecompressionStream('gzip');
  const writer = stream.writable.getWriter() as WritableStreamDefaultWriter<Uint8Array>;
  const reader = stream.readable.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  // The call that meets a failure reports it.
  for (const end of [writer.closed, reader.closed]) end.catch(() => undefined);
  let [fed, size] = [0, 0];
  let failed: unknown;
  async function feed(): Promise<void> {
    for (let piece = await source.next(); piece !== undefined; piece = await source.next()) {
      for (let at = 0; at < piece.length; at += FED_BYTES) {
        const part = piece.subarray(at, at + FED_BYTES);
        await writer.ready;
        fed += part.length;
        await writer.write(part);
      }
    }
    await writer.close();
  }
  let isFed = false;
  return {
    async next() {
      if (!isFed) {
        isFed = true;
        feed().catch((error: unknown) => {
          if (error instanceof WxPayError) failed = error;
          unawaited(() => writer.abort(error));
        });
      }
      const part = await reader.read().catch((cause: unknown) => {
        throw failed ?? failure('ERR_BILL', 'the compressed bill is cut off or damaged; download it again', cause);
      });
      if (part.done) return undefined;
      size += part.value.length;
      if (size > RATIO_FROM && size > fed * RATIO) {
        throw failure(
          'ERR_BILL',
          `the bill is more than ${RATIO} times larger than its compressed form; download it again`,
        );
      }
      return part.value;
    },
    cancel() {
      unawaited(() => reader.cancel());
      source.cancel();
    },
  };
}
