// The instance of the main module, paysign.wasm. Only the files of this folder call it; an entry file starts it.
import { __wbg_reset_state, initSync } from '../generated/glue.js';
import { Instance } from './module.js';

/** The main module. */
export const core = new Instance<
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
  | 'writeXml'
>(initSync, __wbg_reset_state);
