// What Auth0's event codes are called and how they went, as the engine knows it. Asked for once.
import type { AuthEvent, EngineClient } from "trailsift/worker";

const KNOWN = new Map<string, AuthEvent>();

/** Asks the engine for the codes, before rows are made. */
export async function learnEvents(engine: EngineClient): Promise<void> {
  if (KNOWN.size > 0) return;
  for (const event of await engine.events()) KNOWN.set(event.code, event);
}

/** The event of that code; nothing where Auth0 has published none. */
export function authEvent(code: string): AuthEvent | undefined {
  return KNOWN.get(code);
}
