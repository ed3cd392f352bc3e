import { Hono } from "hono";
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
/** Seconds in which the address of the page opens it, once: others see how a browser is called. */
const TICKET_SECONDS = 60;
/**
 * Seconds that a page stays welcome. Its addresses say so, not a cookie: a browser hands that to
 * every server of this machine, other users' on other ports as well.
 */
const VISIT_SECONDS = 12 * 60 * 60;

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
      const claims = { type: "mail ticket", id: crypto.randomUUID() };
      const ticket = await signInternally(backend.keys, claims, TICKET_SECONDS);
      return context.json({ url: `${backend.url}/mail?ticket=${ticket}` });
    })
    .get("/:id", async (context) => context.json(await find(store, context.req.param("id"))));
}

/** The same as a web page, for a browser that was sent here by `POST /api/local/mail/page`. */
export function inboxPage(backend: LocalBackend): Area {
  const { keys } = backend;
  const store = new Inbox(backend);
  const usedTickets = new Set<string>();

  /** Whether a ticket is one, for the first time. */
  async function isWelcome(ticket: string): Promise<boolean> {
    if (!await readInternally(keys, ticket, "mail ticket") || usedTickets.has(ticket)) return false;
    usedTickets.add(ticket);
    return true;
  }

  /** @returns the visit that the address names, for those of other pages */
  async function requireVisitor(context: RequestContext): Promise<string> {
    requireVisit(context);
    const visit = context.req.query("visit");
    if (visit && await readInternally(keys, visit, "mail visit")) return visit;
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
      if (ticket && await isWelcome(ticket)) {
        const visit = await signInternally(keys, { type: "mail visit" }, VISIT_SECONDS);
        return context.redirect(`/mail?visit=${visit}`, 303);
      }
      const visit = await requireVisitor(context);
      return sendPage(context, "Mail", inboxHtml(await store.list({ limit: USUAL_LIMIT }), visit));
    })
    .get("/:id", async (context) => {
      const visit = await requireVisitor(context);
      const mail = await find(store, context.req.param("id"));
      return sendPage(context, mail.subject, mailHtml(mail, visit));
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
