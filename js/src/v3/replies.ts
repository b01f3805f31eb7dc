// The answers to a notice of APIv3, and the mark of a probe. Only the status of an answer counts for WeChat.
import { PROBE } from '../generated/constants.js';
import { type Replies, repliesOf } from '../notices/replies.js';

/** The status of a refusal. With any 4xx or 5xx WeChat sends the notice again. */
export const REFUSED_STATUS = 500;

/** The answers to a notice. */
export const replies: Replies = repliesOf({
  type: 'application/json',
  accepted: '{"code":"SUCCESS"}',
  refused: '{"code":"FAIL","message":"refused"}',
  status: REFUSED_STATUS,
});

/** Whether WeChat only tests that a false signature is refused. */
export const isProbe = (header: (name: string) => string | undefined): boolean =>
  header('wechatpay-signature')?.includes(PROBE) ?? false;
