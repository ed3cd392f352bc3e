/** Login in the browser: OAuth 2.0 with PKCE, answered on a port of loopback (RFC 8252). */
import { authorizeUrl, exchangeCode } from "../../../client/platform/oauth.ts";
import type { HttpClient } from "../../../client/http.ts";
import type { TokenResponse } from "../../../shared/contract/platform.ts";
import type { Context } from "../../../cli/context.ts";
import { AuthError } from "../../../core/errors.ts";
import { openInBrowser } from "../../../terminal/browser.ts";

const WAIT_MS = 5 * 60_000;
const CALLBACK = "/callback";

/** Logs in through the browser. @throws {AuthError} when denied, or when nobody came in time. */
export async function logInWithBrowser(
  context: Context,
  platform: HttpClient,
  clientId: string,
): Promise<TokenResponse> {
  const verifier = randomText(32);
  const state = randomText(16);
  const callback = waitForCallback(context, state);
  try {
    const { redirectUri } = callback;
    const url = authorizeUrl(platform, {
      clientId,
      redirectUri,
      state,
      challenge: await challengeOf(verifier),
    });
    const opened = await openInBrowser(url);
    context.note(opened ? `Opened your browser. If it did not, visit:\n${url}` : `Visit:\n${url}`);
    using progress = context.progress("Waiting for the login in the browser");
    const code = await callback.code;
    progress.update("Finishing the login");
    return await exchangeCode(platform, { clientId, code, redirectUri, verifier });
  } finally {
    await callback.close();
  }
}

interface Callback {
  readonly redirectUri: string;
  /** Resolves to the authorization code. */
  readonly code: Promise<string>;
  close(): Promise<void>;
}

function waitForCallback(context: Context, state: string): Callback {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  promise.catch(() => {});
  const finish = (settle: () => void) => void setTimeout(settle, 0);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== CALLBACK) return page(404, "There is nothing here.");
    const error = searchParams.get("error");
    const code = searchParams.get("code");
    if (error) {
      const reason = searchParams.get("error_description") ?? error;
      finish(() => reject(new AuthError(`The login was refused: ${reason}.`)));
      return page(200, "The login was refused. You can close this page.");
    }
    if (!code || !searchParams.get("state")) {
      return page(400, "This address lacks the code of a login.");
    }
    if (searchParams.get("state") !== state) {
      finish(() =>
        reject(
          new AuthError("The login's answer does not belong to this login.", {
            hint: "Run `insforge login` again.",
          }),
        )
      );
      return page(400, "This answer does not belong to the login that was begun.");
    }
    finish(() => resolve(code));
    return page(200, "You are logged in. You can close this page.");
  });
  const timer = setTimeout(
    () =>
      reject(
        new AuthError(`Nobody logged in within ${WAIT_MS / 60_000} minutes.`, {
          hint: "Run `insforge login` again, or use --device on a machine without a browser.",
        }),
      ),
    WAIT_MS,
  );
  const onAbort = () => reject(context.signal.reason);
  context.signal.addEventListener("abort", onAbort);
  return {
    redirectUri: `http://127.0.0.1:${server.addr.port}${CALLBACK}`,
    code: promise,
    async close() {
      clearTimeout(timer);
      context.signal.removeEventListener("abort", onAbort);
      await server.shutdown();
    },
  };
}

/** A page of fixed text: nothing of the request goes into it. */
function page(status: number, text: string): Response {
  const html = '<!doctype html><meta charset="utf-8"><title>InsForge</title>' +
    `<body style="font: 1.2em sans-serif; margin: 4em"><p>${text}</p>`;
  return new Response(html, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      connection: "close",
    },
  });
}

async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return base64Url(new Uint8Array(digest));
}

function randomText(bytes: number): string {
  return base64Url(crypto.getRandomValues(new Uint8Array(bytes)));
}

function base64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
