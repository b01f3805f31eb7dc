// The entry for Node, with its modules as files beside it.
import './node/with-files.js';

export * from './node-v2.js';
