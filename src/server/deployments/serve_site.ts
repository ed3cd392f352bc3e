import type { Content } from "../../shared/contract/deployments.ts";
import { parseRange } from "../http/range.ts";
import type { Objects } from "./objects.ts";
import type { Site } from "./site.ts";
import { LONGEST_TEXT } from "./steady_pattern.ts";
import { destinationOf, headersOf, isElsewhere } from "./vercel_config.ts";
import { fillRoute, matchRoute, type Route } from "./vercel_routes.ts";

/**
 * Answers a visitor in the order of the hosting that it stands for: redirects, files, rewrites,
 * then `404.html` or a plain 404. Files are found in the manifest alone, so that no path leads out
 * of it.
 */
export async function serveSite(site: Site, request: Request, objects: Objects): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return new Response("Only GET and HEAD are answered.\n", {
      status: 405,
      headers: { allow: "GET, HEAD" },
    });
  }
  const { pathname, search } = new URL(request.url);
  const path = decode(pathname);
  if (path === undefined) return new Response("The path is malformed.\n", { status: 400 });
  if (path.length > LONGEST_TEXT) return new Response("The path is too long.\n", { status: 414 });
  const { routes } = site.config;
  if (routes) return await followRoutes(site, routes, path, search, request, objects);
  const answer = await find(site, path, search, request, objects);
  for (const rule of site.config.headers) {
    for (const [name, value] of headersOf(rule, path, request)) answer.headers.set(name, value);
  }
  return answer;
}

async function find(
  site: Site,
  path: string,
  search: string,
  request: Request,
  objects: Objects,
): Promise<Response> {
  const { config } = site;
  const address = cleanAddress(site, path) ?? withRightSlash(path, config.trailingSlash);
  if (address !== path) return redirect(address, search, 308);
  for (const rule of config.redirects) {
    const target = destinationOf(rule, path, request);
    if (target !== undefined) return redirect(target, search, rule.status);
  }
  const file = fileAt(site, path);
  if (file) return await sendFile(...file, request, objects);
  for (const rule of config.rewrites) {
    const target = destinationOf(rule, path, request);
    if (target === undefined) continue;
    if (isElsewhere(target)) return notForwarded(target);
    const rewritten = fileAt(site, pathOf(target));
    if (rewritten) return await sendFile(...rewritten, request, objects);
  }
  return await notFound(site, request, objects);
}

/** Answers by the legacy list: step by step, until one of them decides. */
async function followRoutes(
  site: Site,
  routes: readonly Route[],
  asked: string,
  search: string,
  request: Request,
  objects: Objects,
): Promise<Response> {
  const headers = new Headers();
  let path = asked;
  let status = 200;
  for (const route of routes) {
    if (route === "filesystem") {
      if (fileAt(site, path)) break;
      continue;
    }
    const captured = matchRoute(route, path, request);
    if (!captured) continue;
    for (const [name, value] of route.headers) headers.set(name, fillRoute(value, captured));
    status = route.status ?? status;
    const location = headers.get("location");
    if (location !== null && status >= 300 && status < 400) {
      return withHeaders(redirect(location, search, status), headers);
    }
    if (route.destination !== undefined) {
      const target = fillRoute(route.destination, captured);
      if (isElsewhere(target)) return notForwarded(target);
      path = pathOf(target.startsWith("/") ? target : `/${target}`);
    } else if (route.status !== undefined && !route.goesOn) {
      return withHeaders(await emptyAnswer(site, status, request, objects), headers);
    }
    if (!route.goesOn) break;
  }
  const file = fileAt(site, path);
  const answer = file
    ? await sendFile(...file, request, objects, status)
    : await notFound(site, request, objects);
  return withHeaders(answer, headers);
}

function withHeaders(answer: Response, headers: Headers): Response {
  for (const [name, value] of headers) if (name !== "location") answer.headers.set(name, value);
  return answer;
}

async function emptyAnswer(
  site: Site,
  status: number,
  request: Request,
  objects: Objects,
): Promise<Response> {
  return status === 404 ? await notFound(site, request, objects) : new Response(null, { status });
}

async function notFound({ files }: Site, request: Request, objects: Objects): Promise<Response> {
  const page = files.get("404.html");
  if (page) return await sendFile("404.html", page, request, objects, 404);
  return new Response("Not found.\n", { status: 404 });
}

function notForwarded(target: string): Response {
  return new Response(`The preview does not forward to ${target}.\n`, { status: 502 });
}

/** The path of a destination, without its query and fragment. */
function pathOf(target: string): string {
  return decode(target.replace(/[?#].*$/, "")) ?? "";
}

/** The address that a page has with clean addresses, where a path names its file. */
function cleanAddress({ config, files }: Site, path: string): string | undefined {
  const name = path.slice(1).replace(/\/$/, "");
  const page = /(^|\/)index$/.test(name) ? `${name}.html` : name;
  if (!config.cleanUrls || !page.endsWith(".html") || !files.has(page)) return undefined;
  const address = `/${page}`.replace(/(\/index)?\.html$/, "") || "/";
  return withRightSlash(address, config.trailingSlash);
}

/** A path in the form that `trailingSlash` wants; names of files keep theirs. */
function withRightSlash(path: string, wanted: boolean | undefined): string {
  if (path === "/" || wanted === undefined) return path;
  // Two slashes at the beginning would name a host.
  if (path.startsWith("//")) return path;
  if (!wanted) return path.replace(/(?<!\/)\/+$/, "") || "/";
  // What others look for there has no such form.
  if (/^\/\.well-known(\/|$)/.test(path)) return path;
  const bare = path.replace(/(?<!\/)\/$/, "");
  return bare.split("/").at(-1)!.includes(".") ? bare : `${bare}/`;
}

/** The file that a path shows: itself, the index of a folder, or with clean addresses its page. */
function fileAt(
  { files, config }: Site,
  path: string,
): [name: string, content: Content] | undefined {
  const bare = path.replace(/^\//, "").replace(/\/$/, "");
  const names = bare === "" ? ["index.html"] : [
    ...(path.endsWith("/") ? [] : [bare]),
    ...(config.cleanUrls ? [`${bare}.html`] : []),
    `${bare}/index.html`,
  ];
  const name = names.find((name) => files.has(name));
  return name === undefined ? undefined : [name, files.get(name)!];
}

async function sendFile(
  name: string,
  { sha, size }: Content,
  request: Request,
  objects: Objects,
  status = 200,
): Promise<Response> {
  const etag = `"${sha}"`;
  const headers = new Headers({
    "content-type": await contentType(name),
    "cache-control": "public, max-age=0, must-revalidate",
    "x-content-type-options": "nosniff",
    etag,
  });
  if (status === 200 && matches(request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers });
  }
  headers.set("accept-ranges", "bytes");
  const range = status === 200 ? wantedRange(request, etag, size) : undefined;
  if (range === "none") {
    headers.set("content-range", `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  headers.set("content-length", String(range ? range.last - range.first + 1 : size));
  if (range) headers.set("content-range", `bytes ${range.first}-${range.last}/${size}`);
  if (request.method === "HEAD") return new Response(null, { status, headers });
  return new Response(await objects.body(sha, range), { status: range ? 206 : status, headers });
}

/** The part that is asked for, unless it is one of another version. */
function wantedRange({ headers, method }: Request, etag: string, size: number) {
  const version = headers.get("if-range");
  if (method !== "GET" || (version !== null && version !== etag)) return undefined;
  return parseRange(headers.get("range"), size);
}

/** The type of a file by its name's ending; text is UTF-8. */
async function contentType(name: string): Promise<string> {
  // Its tables would be made as the server starts.
  const { default: mime } = await import("mime");
  const type = mime.getType(name) ?? "application/octet-stream";
  const isText = /^text\/|[/+](json|xml|javascript)$|^application\/manifest\+json$/.test(type);
  return isText ? `${type}; charset=utf-8` : type;
}

function matches(header: string | null, etag: string): boolean {
  if (header === null) return false;
  const tags = header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.includes("*") || tags.includes(etag);
}

function redirect(target: string, search: string, status: number): Response {
  const location = withSearch(target, search);
  // What is encoded already stays as it is.
  const encoded = encodeURI(location).replaceAll(/%25([0-9a-f]{2})/gi, "%$1");
  return new Response(null, { status, headers: { location: encoded } });
}

/** Passes on what a visitor asked with, except for what the target says itself. */
function withSearch(target: string, search: string): string {
  const [, path = "", own = "", fragment = ""] = /^([^?#]*)\??([^#]*)(.*)$/s.exec(target) ?? [];
  const named = new URLSearchParams(own);
  const passed = search.slice(1).split("&").filter((part) => {
    const [name] = new URLSearchParams(part).keys();
    return name !== undefined && !named.has(name);
  });
  const query = [own, ...passed].filter((part) => part !== "").join("&");
  return path + (query === "" ? "" : `?${query}`) + fragment;
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
