// What the operating system and V8's inspector tell of a workerd process.
import { readFileSync, readdirSync } from "node:fs";

/** What /proc counts time in, in milliseconds; Linux has shown it so to programs for decades. */
const TICK = 10;
/** How often the heap is looked at, in milliseconds. */
const SAMPLE = 250;

function stat(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name, in brackets, may hold anything.
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

/** CPU time of a process so far, in milliseconds. */
export function cpu(pid) {
  const fields = stat(pid);
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}

/** The most memory that a process ever had, in bytes. */
export function peak(pid) {
  return Number(/VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]) * 1024;
}

/** The workerd processes of a group that are asked for by `wanted`, which sees the command line. */
export function workerds(group, wanted = () => true) {
  return readdirSync("/proc").filter((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      return /^\S*workerd\0serve/.test(command) && Number(stat(pid)[2]) === group && wanted(command);
    } catch {
      return false; // not a process, or one that has just ended
    }
  });
}

/** The one workerd process of a group. */
export function workerd(group, wanted) {
  const found = workerds(group, wanted);
  if (found.length !== 1) throw new Error(`${found.length} workerd processes run the Worker, not one`);
  return found[0];
}

/**
 * Watches what the Worker's isolate holds for JavaScript, buffers too and WebAssembly's memory not; call what it gives
 * for the most that it ever was, in bytes.
 */
export async function heap(port) {
  const targets = await (await fetch(`http://127.0.0.1:${port}/json`)).json();
  const { webSocketDebuggerUrl } = targets.find(({ webSocketDebuggerUrl }) => webSocketDebuggerUrl.endsWith(":trailsift"));
  const socket = new WebSocket(webSocketDebuggerUrl);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`no inspector at ${webSocketDebuggerUrl}`));
  });
  let most = 0;
  socket.onmessage = ({ data }) => {
    const { usedSize = 0, backingStorageSize = 0 } = JSON.parse(data).result ?? {};
    most = Math.max(most, usedSize + backingStorageSize);
  };
  const sample = () => socket.send(JSON.stringify({ id: 1, method: "Runtime.getHeapUsage" }));
  sample();
  const sampling = setInterval(sample, SAMPLE);
  return () => {
    clearInterval(sampling);
    socket.close();
    if (most === 0) throw new Error("the inspector told nothing");
    return most;
  };
}
