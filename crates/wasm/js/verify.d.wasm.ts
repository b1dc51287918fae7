/** The compiled verifier, for bundlers and runtimes that import WebAssembly as a module. */
declare const verifier: WebAssembly.Module;
export default verifier;
