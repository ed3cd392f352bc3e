import { Hono } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { requireAdmin } from "../http/authenticate.ts";
import { ApiError } from "../http/api_error.ts";
import { requireVisit, sendPage } from "../http/page.ts";
import { readInternally, signInternally } from "../keys/tokens.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../services.ts";
import { Inbox } from "./inbox.ts";
import type { StoredMail } from "./message.ts";
import { inboxHtml, mailHtml } from "./pages.ts";

const USUAL_LIMIT = 50;
const MOST_MAILS = 500;
/** Seconds in which the address of the page opens it. */
const TICKET_SECONDS = 60;
/** Seconds that a browser stays welcome. */
const VISIT_SECONDS = 12 * 60 * 60;
const COOKIE = "insforge_mail";

/** The inbox of this machine, for the project's owner. */
export function inbox(backend: LocalBackend): Area {
  const store = new Inbox(backend);
  return new Hono<RequestVariables>()
    .use(requireAdmin(backend))
    .get("/", async (context) => {
      const limit = Number(context.req.query("limit") ?? USUAL_LIMIT);
      if (!Number.isInteger(limit) || limit < 1 || limit > MOST_MAILS) {
        throw new ApiError(400, "INVALID_INPUT", `limit is a whole number from 1 to ${MOST_MAILS}`);
      }
      return context.json({ mails: await store.list({ to: context.req.query("to"), limit }) });
    })
    .delete("/", async (context) => context.json({ deletedCount: await store.clear() }))
    .post("/page", async (context) => {
      const ticket = await signInternally(backend.keys, { type: "mail ticket" }, TICKET_SECONDS);
      return context.json({ url: `${backend.url}/mail?ticket=${ticket}` });
    })
    .get("/:id", async (context) => context.json(await find(store, context.req.param("id"))));
}

/** The same as a web page, for a browser that was sent here by `POST /api/local/mail/page`. */
export function inboxPage(backend: LocalBackend): Area {
  const { keys } = backend;
  const store = new Inbox(backend);

  async function requireVisitor(context: RequestContext): Promise<void> {
    requireVisit(context);
    const cookie = getCookie(context, COOKIE);
    if (cookie && await readInternally(keys, cookie, "mail visit")) return;
    throw new ApiError(
      401,
      "AUTH_INVALID_CREDENTIALS",
      "This browser may not read the mail",
      "Open the page with `insforge local mail open`.",
    );
  }

  return new Hono<RequestVariables>()
    .get("/", async (context) => {
      const ticket = context.req.query("ticket");
      if (ticket && await readInternally(keys, ticket, "mail ticket")) {
        const visit = await signInternally(keys, { type: "mail visit" }, VISIT_SECONDS);
        setCookie(context, COOKIE, visit, { httpOnly: true, sameSite: "Strict", path: "/mail" });
        return context.redirect("/mail", 303);
      }
      await requireVisitor(context);
      return sendPage(context, "Mail", inboxHtml(await store.list({ limit: USUAL_LIMIT })));
    })
    .get("/:id", async (context) => {
      await requireVisitor(context);
      const mail = await find(store, context.req.param("id"));
      return sendPage(context, mail.subject, mailHtml(mail));
    });
}

async function find(store: Inbox, id: string): Promise<StoredMail> {
  const mail = await store.find(id);
  if (mail) return mail;
  throw new ApiError(
    404,
    "MAIL_NOT_FOUND",
    `There is no mail ${id}`,
    "`insforge local mail list` lists those that there are.",
  );
}
