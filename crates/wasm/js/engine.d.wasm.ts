/** The compiled engine, for bundlers and runtimes that import WebAssembly as a module. */
declare const engine: WebAssembly.Module;
export default engine;
