// The answers of a handler to WeChat, in the words and statuses of one API generation.
import type { NoticeReply } from './request.js';

/** Both answers. */
export interface Replies {
  /** The answer to a notice that is delivered. */
  readonly accepted: NoticeReply;
  /** The answer that makes WeChat send the notice again. Without a status it has the one of its generation. */
  refused(status: number | undefined): NoticeReply;
}

/** The words of one generation. */
export interface ReplyWords {
  /** The media type of both answers. */
  readonly type: string;
  readonly accepted: string;
  /** Every refusal has the same words, so that a forger learns nothing. */
  readonly refused: string;
  /** The status of a refusal that has no status of its own. */
  readonly status: number;
}

/** Makes the answers. Both texts are ASCII, so their length in bytes is their length. */
export function repliesOf({ type, accepted, refused, status }: ReplyWords): Replies {
  const reply = (status: number, body: string): NoticeReply => {
    const headers = { 'content-type': type, 'content-length': String(body.length) };
    return { status, headers: status === 405 ? { ...headers, allow: 'POST' } : headers, body };
  };
  return { accepted: reply(200, accepted), refused: (own = status) => reply(own, refused) };
}
