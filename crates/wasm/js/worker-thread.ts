// The engine's side of `trailsift/worker`: runs in a module worker and answers one page.
import { check, compile, events, init } from "./index.js";
import { type Reply, type Request, toFailure } from "./worker-messages.js";

const running = new Map<number, AbortController>();
const port = globalThis as unknown as {
  postMessage(reply: Reply): void;
  addEventListener(type: "message", listener: (event: MessageEvent<Request>) => void): void;
};

port.addEventListener("message", ({ data: request }) => {
  if (request.call === "abort") {
    running.get(request.id)?.abort();
    return;
  }
  const { id } = request;
  const controller = new AbortController();
  running.set(id, controller);
  answer(request, controller.signal)
    .then(
      (value) => port.postMessage({ id, kind: "done", value }),
      (error: unknown) => port.postMessage({ id, kind: "failed", failure: toFailure(error) }),
    )
    .finally(() => running.delete(id));
});

async function answer(request: Exclude<Request, { call: "abort" }>, signal: AbortSignal): Promise<unknown> {
  await init();
  signal.throwIfAborted();
  if (request.call === "events") return events();
  const { id, text, options } = request;
  if (request.call === "check") return check(text, options);
  const query = compile(text, options);
  try {
    return await query.filterBlob(request.blob, {
      signal,
      onProgress: (progress) => port.postMessage({ id, kind: "progress", progress }),
      onBroken: request.tolerant ? (broken) => port.postMessage({ id, kind: "broken", broken }) : undefined,
    });
  } finally {
    query.free();
  }
}
