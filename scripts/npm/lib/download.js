"use strict";

const http = require("http");
const https = require("https");
const tls = require("tls");
const { Failure } = require("./failure.js");
const { proxyFor } = require("./proxy.js");

const MOST_REDIRECTS = 5;
const IDLE_MS = 30_000;

/** Opens an address, through a proxy and redirects, and answers its body with status 200. */
async function open(address, redirects = 0) {
  const url = new URL(address);
  const response = await request(url);
  const { statusCode, headers } = response;
  if (statusCode === 200) return response;
  response.resume();
  if (statusCode >= 300 && statusCode < 400 && headers.location) {
    if (redirects === MOST_REDIRECTS) throw new Failure(`${url.host} redirects without end.`);
    const next = new URL(headers.location, url);
    if (url.protocol === "https:" && next.protocol !== "https:") {
      throw new Failure(`${url.host} redirects to an address without encryption.`);
    }
    return await open(next, redirects + 1);
  }
  const error = new Failure(`${url.host} answers ${statusCode} to ${url.pathname}.`);
  error.mayPass = statusCode === 408 || statusCode === 429 || statusCode >= 500;
  throw error;
}

async function request(url) {
  const proxy = proxyFor(url);
  if (!proxy) return await send(url, {});
  if (url.protocol === "https:") {
    const socket = await tunnel(url, proxy);
    const secure = tls.connect({ socket, servername: url.hostname });
    return await send(url, {
      defaultPort: 443,
      createConnection: () => secure,
    });
  }
  // Without encryption a proxy is asked for the whole address.
  return await send(proxy, {
    path: url.href,
    headers: { host: url.host, ...authorization(proxy) },
  });
}

/** A connection to the host of `url` that the proxy passes on unread. */
function tunnel(url, proxy) {
  const port = url.port || 443;
  return new Promise((resolve, reject) => {
    const client = proxy.protocol === "https:" ? https : http;
    const asking = client.request(proxy, {
      method: "CONNECT",
      path: `${url.hostname}:${port}`,
      headers: { host: `${url.hostname}:${port}`, ...authorization(proxy) },
      agent: false,
      timeout: IDLE_MS,
    });
    asking.on("connect", ({ statusCode }, socket) => {
      if (statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Failure(`The proxy ${proxy.host} answers ${statusCode} for ${url.host}.`));
    });
    asking.on("timeout", () => asking.destroy(timedOut()));
    asking.on("error", (error) => reject(failureOf(error, `the proxy ${proxy.host}`)));
    asking.end();
  });
}

function authorization({ username, password }) {
  if (!username) return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(pair).toString("base64")}` };
}

function send(url, options) {
  return new Promise((resolve, reject) => {
    const client = url.protocol === "https:" ? https : http;
    const asking = client.get(url, { timeout: IDLE_MS, ...options }, resolve);
    asking.on("timeout", () => asking.destroy(timedOut()));
    asking.on("error", (error) => reject(failureOf(error, url.host)));
  });
}

function timedOut() {
  return Object.assign(new Error(`no answer within ${IDLE_MS / 1000} s`), { code: "ETIMEDOUT" });
}

const CAUSES = {
  ECONNREFUSED: "it refuses the connection",
  ECONNRESET: "the connection broke off",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "its name cannot be looked up",
  ETIMEDOUT: `it does not answer within ${IDLE_MS / 1000} s`,
};

/** A failure of the network in a sentence; trying again may help. */
function failureOf(error, host) {
  if (error.isExpected) return error;
  const failure = new Failure(`Cannot reach ${host}: ${CAUSES[error.code] ?? error.message}.`);
  failure.mayPass = true;
  return failure;
}

module.exports = { failureOf, open };
