/**
 * Each of the ways in which a function says what answers requests, as the backend is what listens:
 * the handler that one of them names is handed to `__runtime`, a parameter of the bundle's wrapper.
 * The other names that begin with two underscores stand for what esbuild replaces.
 */
const { addEventListener: listen } = globalThis;

/** Milliseconds that a server of Node's may take until it listens. */
const LISTEN_MS = 10_000;

/** Whether a server of Node's was made. */
let hasServer = false;

/** A module may wait for its server's end, which does not come: it has loaded when it serves. */
function serves(handler) {
  __runtime.handler = handler;
  __runtime.start();
}

/** What Deno hands to a handler beside the request. */
const connection = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 0 },
  completed: Promise.resolve(),
};

/** `Deno.serve` in each of its forms. */
export function serve(...values) {
  const options = values.find((value) => typeof value === "object" && value) ?? {};
  const own = values.find((value) => typeof value === "function") ?? options.handler;
  if (typeof own !== "function") throw new TypeError("Deno.serve was given no handler");
  serves(async (request, info = connection) => {
    try {
      return await own(request, info);
    } catch (error) {
      if (!options.onError) throw error;
      return await options.onError(error);
    }
  });
  const addr = { transport: "tcp", hostname: "0.0.0.0", port: options.port ?? 8000 };
  options.onListen?.(addr);
  const finished = new Promise(() => {});
  const shutdown = async () => {};
  return { addr, finished, ref() {}, unref() {}, shutdown, [Symbol.asyncDispose]: shutdown };
}

/** Deno as functions see it: its own, with a server that does not listen. */
export const __Deno = /* @__PURE__ */ Object.create(__runtime.Deno ?? null, {
  serve: { value: serve, writable: true, configurable: true, enumerable: true },
});

/** `addEventListener`, the oldest form of a handler among its events. */
export function __listen(type, listener, ...rest) {
  if (type !== "fetch") return listen.call(globalThis, type, listener, ...rest);
  serves((request) =>
    new Promise((resolve, reject) => {
      const event = Object.assign(new Event("fetch"), {
        request,
        respondWith: resolve,
        waitUntil: (work) => globalThis.EdgeRuntime.waitUntil(work),
      });
      const call = typeof listener === "function" ? listener : listener.handleEvent.bind(listener);
      Promise.resolve().then(() => call(event)).catch(reject);
    })
  );
}

/** Headers that each connection has of its own. */
const OF_CONNECTION = /^(host|connection|upgrade|content-length|sec-websocket-.*)$/;

/** A WebSocket that a server of Node's keeps; a gateway's error where it takes none. */
async function socketThrough(address, request) {
  const protocols =
    request.headers.get("sec-websocket-protocol")?.split(",").map((name) => name.trim()) ?? [];
  const headers = [...request.headers].filter(([name]) => !OF_CONNECTION.test(name));
  const inner = new WebSocket(address.replace(/^http/, "ws"), { protocols, headers });
  inner.binaryType = "arraybuffer";
  const isOpen = new Promise((resolve) => {
    inner.onopen = () => resolve(true);
    inner.onerror = () => resolve(false);
  });
  // What it says at once waits until the other side is open.
  const early = [];
  inner.onmessage = ({ data }) => early.push(data);
  if (!await isOpen) return new Response("The server took no WebSocket", { status: 502 });
  const { socket, response } = __Deno.upgradeWebSocket(request, { protocol: inner.protocol });
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    for (const data of early) socket.send(data);
    passOn(inner, socket);
    if (inner.readyState !== WebSocket.OPEN) socket.close();
  };
  passOn(socket, inner);
  return response;
}

function passOn(from, to) {
  from.onmessage = ({ data }) => to.readyState === WebSocket.OPEN && to.send(data);
  from.onclose = ({ code, reason }) =>
    code === 1000 || code >= 3000 ? to.close(code, reason) : to.close();
}

/**
 * `node:http` for a function: what a server of it would answer is the function's answer. It listens
 * on a port of the loopback interface that nobody was told of, whichever it was to have.
 */
export function __nodeServers(http) {
  function owned(server) {
    hasServer = true;
    const { listen } = server;
    server.listen = (...values) => {
      const listening = new Promise((resolve) => server.once("listening", resolve));
      listen.call(server, 0, "127.0.0.1", values.find((value) => typeof value === "function"));
      serves(async (request) => {
        await listening;
        const { method, headers, body, signal } = request;
        const { pathname, search } = new URL(request.url);
        const address = `http://127.0.0.1:${server.address().port}${pathname}${search}`;
        if (headers.get("upgrade")?.toLowerCase() === "websocket") {
          return await socketThrough(address, request);
        }
        return await fetch(address, { method, headers, body, signal, redirect: "manual" });
      });
      return server;
    };
    return server;
  }
  function Server(...values) {
    return owned(new http.Server(...values));
  }
  Server.prototype = http.Server.prototype;
  return { ...http, Server, createServer: (...values) => owned(http.createServer(...values)) };
}

/** Makes the handler of what a function's module exports, unless it serves by itself. */
export async function handlerOf(exported) {
  const fetch = exported?.fetch;
  // Frameworks listen once they are ready, which their callers need not wait for.
  const answers = typeof exported === "function" || typeof fetch === "function";
  if (hasServer && !answers && !__runtime.handler) {
    await new Promise((resolve) => setTimeout(resolve, LISTEN_MS));
  }
  if (__runtime.handler) return;
  __runtime.handler = typeof exported !== "function" && typeof fetch === "function"
    ? (request) => fetch.call(exported, request, connection)
    : exported;
}
