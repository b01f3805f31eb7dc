// What Node reads from the folder of the package: the wasm modules, and the doctor when an error is explained.
import { useDoctor } from '../reasons.js';
import { moduleFiles } from './module-files.js';
import { useModules } from './modules.js';

useModules(moduleFiles);
useDoctor(() => require('../doctor.js') as typeof import('../doctor.js'));
