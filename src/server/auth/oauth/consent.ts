/**
 * The page that stands for a sign-in service on this machine: whoever develops an app is anybody.
 */
import { Hono } from "hono";
import { ApiError } from "../../http/api_error.ts";
import { escapeHtml } from "../../../core/html.ts";
import { requireOwnForm, requireVisit, sendPage } from "../../http/page.ts";
import type { Area, LocalBackend, RequestVariables } from "../../services.ts";
import { userOfAccount } from "./accounts.ts";
import type { ExchangeCodes } from "./exchange_codes.ts";
import { readState } from "./state.ts";

/** Accounts that the page offers again. */
const MOST_REMEMBERED = 5;

interface Account {
  email: string;
  name: string;
  avatar: string;
}

/** `GET` and `POST /consent`: who do you want to be? */
export function consentRoutes(backend: LocalBackend, codes: ExchangeCodes): Area {
  return new Hono<RequestVariables>()
    .get("/consent", async (context) => {
      requireVisit(context);
      const state = context.req.query("state");
      const { provider, redirectUri } = await readState(backend.keys, state);
      const known = await remembered(backend, provider);
      const html = consentHtml(provider, state!, redirectUri, known);
      return sendPage(context, `Sign in with ${provider}`, html);
    })
    .post("/consent", async (context) => {
      requireOwnForm(context);
      const form = await context.req.parseBody();
      const field = (name: string) => String(form[name] ?? "").trim();
      const { provider, redirectUri, codeChallenge } = await readState(
        backend.keys,
        field("state"),
      );
      const back = new URL(redirectUri);
      if (form.cancel !== undefined) {
        back.searchParams.set("error", "access_denied");
        return context.redirect(back.href, 303);
      }
      const email = field("email").toLowerCase();
      if (!/^[^\s@]+@\S+$/.test(email)) {
        throw new ApiError(400, "INVALID_INPUT", "email: is not an address");
      }
      const name = field("name") || email.split("@")[0]!;
      const avatar = field("avatar");
      try {
        const details = { email, name, picture: avatar };
        const person = { id: `local:${email}`, email, name, avatar, details };
        const userId = await userOfAccount(backend, provider, person);
        back.searchParams.set("insforge_code", codes.create(userId, codeChallenge));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        back.searchParams.set("error", error.message);
      }
      return context.redirect(back.href, 303);
    });
}

/** Who signed in here before, the last one first. */
async function remembered({ database }: LocalBackend, provider: string): Promise<Account[]> {
  const { rows } = await database.query<Account>(
    `SELECT p.provider_data ->> 'email' AS email, coalesce(p.provider_data ->> 'name', '') AS name,
      coalesce(p.provider_data ->> 'picture', '') AS avatar
    FROM auth.user_providers p
    WHERE p.provider = $1 AND starts_with(p.provider_account_id, 'local:')
    ORDER BY p.updated_at DESC LIMIT $2`,
    [provider, MOST_REMEMBERED],
  );
  return rows;
}

function consentHtml(
  provider: string,
  state: string,
  redirectUri: string,
  known: readonly Account[],
): string {
  const { protocol, host } = new URL(redirectUri);
  const hidden = (name: string, value: string) =>
    `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`;
  const again = known.map(({ email, name, avatar }) =>
    `<form method="post" action="consent">${hidden("state", state)}${hidden("email", email)}
${hidden("name", name)}${hidden("avatar", avatar)}
<button>${escapeHtml(name)} &lt;${escapeHtml(email)}&gt;</button></form>`
  );
  return `<p class="quiet">This page of your local backend stands for ${escapeHtml(provider)}: no
account is needed. Whoever continues is led, signed in, to
<strong>${escapeHtml(`${protocol}//${host}`)}</strong>.</p>
${again.join("\n")}
<form method="post" action="consent">${hidden("state", state)}
<label>E-mail<input name="email" type="email" required autofocus></label>
<label>Name<input name="name" autocomplete="off"></label>
<label>Picture (URL)<input name="avatar" type="url"></label>
<button>Continue</button><button name="cancel" value="1" formnovalidate>Cancel</button></form>`;
}
