// A process with edge-runtime. It compiles the modules of a folder, runs a script with them, and prints the answer.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EdgeRuntime } from 'edge-runtime';

const [script, folder] = process.argv.slice(2);
const names = readdirSync(folder).filter((name) => name.endsWith('.wasm'));
// They are of another realm than the script, as in Next.js.
const modules = names.map((name) => [name, new WebAssembly.Module(readFileSync(join(folder, name)))]);
const extend = (context) => Object.assign(context, { MODULES: Object.fromEntries(modules) });
const runtime = new EdgeRuntime({ initialCode: readFileSync(script, 'utf8'), extend });
const answer = await runtime.dispatchFetch('http://shop/');
console.log(await answer.text());
