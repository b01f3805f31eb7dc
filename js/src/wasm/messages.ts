// The one door to the main module: messages, signatures and notices (src/wasm/messages.rs).
import { __wbg_reset_state, initSync } from '../generated/glue.js';
import { Instance } from './module.js';

/** What the main module does. */
export type Operation =
  | 'heldNames'
  | 'listNames'
  | 'nonce'
  | 'openNotify'
  | 'parseXml'
  | 'replyNotify'
  | 'requestPayment'
  | 'sign'
  | 'signedText'
  | 'verify'
  | 'writeXml';

/** The main module. */
export const core = new Instance<Operation>(initSync, __wbg_reset_state);
