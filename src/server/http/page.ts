/** The few web pages that the backend itself shows to a person. */
import type { RequestContext } from "../services.ts";
import { ApiError } from "./api_error.ts";
import { escapeHtml } from "../../core/html.ts";

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; }
table { width: 100%; border-collapse: collapse; }
td, th { text-align: left; padding: .4rem .6rem .4rem 0; border-bottom: 1px solid #8884;
  overflow-wrap: anywhere; vertical-align: top; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: .4rem; margin-bottom: .8rem; }
button { font: inherit; padding: .5rem 1rem; margin: 0 .5rem .5rem 0; }
mark { font: 600 1.3rem monospace; padding: .1rem .4rem; }
iframe { width: 100%; height: 28rem; border: 1px solid #8884; background: #fff; }
.quiet { opacity: .7; }`;

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: http: data:; frame-ancestors 'none'",
  // With none at all, browsers would keep from the page's own forms whose they are.
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/** Answers with a page. @param body HTML, whose data is escaped */
export function sendPage(context: RequestContext, title: string, body: string): Response {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>${STYLE}</style></head><body><h1>${escapeHtml(title)}</h1>${body}</body></html>`;
  return context.body(html, 200, HEADERS);
}

/**
 * Lets a page be opened in a tab, and not be read or framed by another page. Browsers say which it
 * is; other programs say nothing, and are no page's.
 * @throws {ApiError} 403
 */
export function requireVisit(context: RequestContext): void {
  const mode = context.req.header("sec-fetch-mode") ?? "navigate";
  const target = context.req.header("sec-fetch-dest") ?? "document";
  if (mode !== "navigate" || target !== "document") throw foreignPage();
}

/** Takes a form only from the backend's own page. @throws {ApiError} 403 */
export function requireOwnForm(context: RequestContext): void {
  const site = context.req.header("sec-fetch-site") ?? "same-origin";
  const origin = context.req.header("origin");
  const isOwn = origin === undefined || origin === new URL(context.req.url).origin;
  if (site !== "same-origin" || !isOwn) throw foreignPage();
}

function foreignPage(): ApiError {
  return new ApiError(403, "FORBIDDEN", "Only a person can use this page, not another page");
}
