// The entry for Node, with its modules as files beside it.
import { moduleFiles } from './node/module-files.js';
import { useModules } from './node/modules.js';

useModules(moduleFiles);

export * from './node-v2.js';
