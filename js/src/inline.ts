// The entry for bundles and single files in Node: both generations, with the wasm modules inside.
import { moduleTexts } from './node/module-texts.js';
import { useModules } from './node/modules.js';

useModules(moduleTexts);

export * from './node-v2.js';
/** APIv3, the exports of `paysign/v3`: `new v3.WechatPay({ … })`. */
export * as v3 from './node-v3.js';
