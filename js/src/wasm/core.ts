// The instance of the main module, paysign.wasm. Only the files of this folder call it; an entry file starts it.
import { __wbg_reset_state, initSync, takeError } from '../generated/glue.js';
import { PackedInstance } from './packed.js';

/** The main module. */
export const core = new PackedInstance<
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
>(initSync, __wbg_reset_state, takeError);
