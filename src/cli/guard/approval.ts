/** The page on which a person approves or denies: on loopback, for one decision. */
import { escapeHtml } from "../../core/html.ts";
import { openInBrowser } from "../../terminal/browser.ts";
import type { Context } from "../context.ts";

/** What the person is told. */
export interface Brief {
  readonly command: string;
  /** What this program has found; the caller cannot change it. */
  readonly danger: string;
  readonly reason?: string;
  readonly impact?: string;
  readonly recommendation?: string;
  /** Why the caller itself calls it destructive. */
  readonly flag?: string;
}

/** What the person decided, if one did in time. */
export type Decision = "approved" | "denied" | "timeout";

/**
 * Shows the page and waits. Its address, which nobody can guess, goes to standard error; the
 * browser is opened unless `INSFORGE_GUARD_OPEN` is 0.
 */
export async function askForApproval(
  context: Context,
  brief: Brief,
  waitMs: number,
): Promise<Decision> {
  const { clock, env, signal } = context;
  const { promise, resolve, reject } = Promise.withResolvers<Decision>();
  const secret = `/${crypto.randomUUID()}`;
  const settings = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const server = Deno.serve(settings, async (request) => {
    if (new URL(request.url).pathname !== secret) return page("There is nothing here.", 404);
    if (request.method !== "POST") return page(question(brief));
    const isApproved = (await request.text()) === "decision=approve";
    setTimeout(() => resolve(isApproved ? "approved" : "denied"), 0);
    return page(isApproved ? "<p>Approved: it runs now.</p>" : "<p>Denied: nothing was run.</p>");
  });
  const callOff = clock.after(waitMs, () => resolve("timeout"));
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort);
  try {
    const address = `http://127.0.0.1:${server.addr.port}${secret}`;
    context.note(`A person has to approve this: ${address}`, { approval: address });
    if (env("INSFORGE_GUARD_OPEN") !== "0") await openInBrowser(address);
    return await promise;
  } finally {
    callOff();
    signal.removeEventListener("abort", onAbort);
    await server.shutdown();
  }
}

function question({ command, danger, reason, impact, recommendation, flag }: Brief): string {
  const told: readonly (readonly [string, string | undefined])[] = [
    ["Why", reason],
    ["What is affected", impact],
    ["Advice", recommendation],
    ["Called destructive because", flag],
  ];
  const given = told.filter(([, text]) => text)
    .map(([title, text]) => `<dt>${title}</dt><dd>${escapeHtml(text!)}</dd>`).join("");
  return `<h1>A program wants to run this</h1><pre>${escapeHtml(command)}</pre>` +
    `<p>${escapeHtml(danger)}</p><h2>What the program says</h2>` +
    (given ? `<dl>${given}</dl>` : "<p>Nothing: be careful.</p>") +
    '<form method="post"><button name="decision" value="deny" autofocus>Deny</button> ' +
    '<button name="decision" value="approve">Approve and run</button></form>';
}

function page(body: string, status = 200): Response {
  const html = '<!doctype html><meta charset="utf-8"><title>insforge: approval</title>' +
    "<style>body{font:1.1em sans-serif;margin:3em;max-width:50em}" +
    "pre,dd{white-space:pre-wrap;overflow-wrap:anywhere}dd{margin:0 0 1em}</style>" + body;
  return new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy":
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      connection: "close",
    },
  });
}
