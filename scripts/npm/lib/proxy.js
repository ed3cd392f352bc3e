"use strict";

/** The proxy for an address, from the usual variables, then from what npm passes on of its own. */
function proxyFor(address, env = process.env) {
  if (isExempt(address, read(env, "NO_PROXY") ?? env.npm_config_noproxy ?? "")) return undefined;
  const value = address.protocol === "https:"
    ? read(env, "HTTPS_PROXY") ?? read(env, "ALL_PROXY") ?? env.npm_config_https_proxy
    : read(env, "HTTP_PROXY") ?? read(env, "ALL_PROXY") ?? env.npm_config_proxy;
  if (!value || value === "null") return undefined;
  return new URL(value.includes("://") ? value : `http://${value}`);
}

function read(env, name) {
  return env[name.toLowerCase()] || env[name] || undefined;
}

/** `NO_PROXY` holds hosts, with all below them, and optional ports, separated by commas; or `*`. */
function isExempt({ hostname, port, protocol }, list) {
  const host = hostname.toLowerCase().replace(/^\[|\]$/g, "");
  const actualPort = port || (protocol === "https:" ? "443" : "80");
  return list.toLowerCase().split(/[\s,]+/).filter(Boolean).some((entry) => {
    if (entry === "*") return true;
    // What is no host with a port is an IPv6 address as it is.
    const [, bracketed, plain, wantedPort] = /^(?:\[(.+)\]|([^:]*))(?::(\d+))?$/.exec(entry) ??
      [entry, entry];
    const name = bracketed ?? plain;
    if (wantedPort && wantedPort !== actualPort) return false;
    const domain = name.replace(/^\*?\./, "");
    return host === domain || host.endsWith(`.${domain}`);
  });
}

module.exports = { isExempt, proxyFor };
