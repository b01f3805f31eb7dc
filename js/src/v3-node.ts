// The entry of APIv3 for Node, with its modules as files beside it.
import './node/with-files.js';

export * from './node-v3.js';
