// The engine's one instance in this realm: started once, and asked for by the rest.
import initBindings, * as bindings from "./bindings.js";
import { type ModuleSource, starter } from "./start.js";

const startEngine = starter(async (input) => {
  await initBindings(input);
  ready = true;
});
let ready = false;

/** Starts the engine from `source`, or else from what the entry point calls its own. */
export function start(source: ModuleSource | undefined, own: () => ModuleSource): Promise<void> {
  return startEngine(() => source ?? own());
}

/** The engine's own functions, for `caller`, which is named in the error when nothing has been started yet. */
export function engine(caller: string): typeof bindings {
  if (!ready) {
    throw new Error(`the Trailsift engine has not started: \`await init()\` before \`${caller}\``);
  }
  return bindings;
}
