/**
 * A stand-in for Stripe, which takes no connection here: forms with bracketed names, versions,
 * idempotency keys, pages of lists and errors as its documentation has them.
 */

// deno-lint-ignore no-explicit-any
export type StripeObject = { id: string; [field: string]: any };

/** What a request was. */
export interface StripeRequest {
  readonly method: string;
  readonly path: string;
  /** The form's fields as they came, with their brackets. */
  readonly fields: Record<string, string>;
  readonly headers: Headers;
}

/** The kinds of objects that it keeps, by their path. */
const KINDS: Record<string, { object: string; prefix: string; needs: string[] }> = {
  "products": { object: "product", prefix: "prod", needs: ["name"] },
  "prices": { object: "price", prefix: "price", needs: ["currency", "product"] },
  "customers": { object: "customer", prefix: "cus", needs: [] },
  "subscriptions": { object: "subscription", prefix: "sub", needs: ["customer"] },
  "subscription_items": { object: "subscription_item", prefix: "si", needs: ["subscription"] },
  "payment_intents": { object: "payment_intent", prefix: "pi", needs: ["amount", "currency"] },
  "charges": { object: "charge", prefix: "ch", needs: ["amount", "currency"] },
  "invoice_payments": { object: "invoice_payment", prefix: "inpay", needs: [] },
  "checkout/sessions": { object: "checkout.session", prefix: "cs_test", needs: ["success_url"] },
  "billing_portal/sessions": {
    object: "billing_portal.session",
    prefix: "bps",
    needs: ["customer"],
  },
};

/** Filters that its lists know, beside those of pages. */
const FILTERS = ["active", "subscription"];

export class StripeStandIn implements AsyncDisposable {
  /** By the key of who asks. */
  readonly accounts: Record<string, StripeObject>;
  /** By the path of their kind, oldest first. */
  readonly objects: Record<string, StripeObject[]> = Object.fromEntries(
    Object.keys(KINDS).map((kind) => [kind, []]),
  );
  readonly requests: StripeRequest[] = [];
  /** Answered once in the place of what would be, such as a failure. */
  next: Response | undefined;
  readonly #answers = new Map<string, { fields: string; text: string }>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #made = 0;

  /** @param keys the keys that it knows, each of an account of its own unless they are given */
  constructor(keys: readonly string[], accounts: Record<string, StripeObject> = {}) {
    this.accounts = Object.fromEntries(
      keys.map((key, index) => [
        key,
        accounts[key] ??
          { id: `acct_${index + 1}`, object: "account", email: `shop${index + 1}@example.com` },
      ]),
    );
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#answer(request),
    );
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server.shutdown();
  }

  /** Makes an object as if it had been made at Stripe. */
  add(kind: keyof typeof KINDS, fields: Omit<StripeObject, "id"> & { id?: string }): StripeObject {
    const { object, prefix } = KINDS[kind]!;
    const made = { object, livemode: false, created: 1_767_225_600 + this.#made, ...fields };
    const added = { id: `${prefix}_${++this.#made}`, ...made };
    this.objects[kind]!.push(added);
    return added;
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const form = new URLSearchParams(request.method === "POST" ? await request.text() : url.search);
    const path = url.pathname.replace(/^\/v1\//, "");
    const fields = Object.fromEntries(form);
    this.requests.push({ method: request.method, path, fields, headers: request.headers });
    const { next } = this;
    this.next = undefined;
    if (next) return next;

    const key = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
    const account = this.accounts[key];
    // Stripe shortens the key; whoever does not know that must not repeat it all the same.
    if (!account) return failure(401, undefined, `Invalid API Key provided: ${key}`);
    if (!/^\d{4}-\d\d-\d\d\.\w+$/.test(request.headers.get("stripe-version") ?? "")) {
      return failure(400, undefined, "Invalid Stripe-Version");
    }
    if (!url.pathname.startsWith("/v1/")) {
      return failure(404, undefined, "Unrecognized request URL");
    }
    if (path === "account" && request.method === "GET") return Response.json(account);

    const idempotencyKey = request.headers.get("idempotency-key");
    const known = idempotencyKey ? this.#answers.get(idempotencyKey) : undefined;
    if (known) {
      if (known.fields === form.toString()) return new Response(known.text, { headers: JSON_TYPE });
      return Response.json({
        error: {
          type: "idempotency_error",
          message:
            "Keys for idempotent requests can only be used with the same parameters they were first used with.",
        },
      }, { status: 400 });
    }
    const answer = this.#carryOut(request.method, path, fields);
    if (answer instanceof Response) return answer;
    const text = JSON.stringify(answer);
    if (idempotencyKey) this.#answers.set(idempotencyKey, { fields: form.toString(), text });
    return new Response(text, { headers: JSON_TYPE });
  }

  #carryOut(method: string, path: string, fields: Record<string, string>): object | Response {
    const kind = Object.keys(KINDS).find((kind) => path === kind || path.startsWith(`${kind}/`));
    if (!kind) return failure(404, undefined, `Unrecognized request URL (${method}: /v1/${path})`);
    const id = decodeURIComponent(path.slice(kind.length + 1));
    const all = this.objects[kind]!;
    if (!id) return method === "GET" ? list(kind, all, fields) : this.#create(kind, fields);
    const index = all.findIndex((object) => object.id === id);
    const { object } = KINDS[kind]!;
    if (index === -1) return failure(404, "resource_missing", `No such ${object}: '${id}'`);
    if (method === "DELETE") {
      all.splice(index, 1);
      return { id, object, deleted: true };
    }
    if (method === "POST") Object.assign(all[index]!, parsed(fields));
    return all[index]!;
  }

  #create(kind: string, fields: Record<string, string>): object | Response {
    const missing = KINDS[kind]!.needs.find((name) => !fields[name]);
    if (missing) return failure(400, "parameter_missing", `Missing required param: ${missing}.`);
    const form = parsed(fields);
    for (const { price } of kind === "checkout/sessions" ? form.line_items ?? [] : []) {
      if (this.objects.prices!.some(({ id }) => id === price)) continue;
      return failure(400, "resource_missing", `No such price: '${price}'`);
    }
    const id = `${KINDS[kind]!.prefix}_${this.#made + 1}`;
    return this.add(kind, { ...DEFAULTS[kind]?.(id, form), ...form });
  }
}

const JSON_TYPE = { "content-type": "application/json" };

const DEFAULTS: Record<string, (id: string, form: Record<string, unknown>) => object> = {
  "products": () => ({ active: true, description: null, default_price: null, metadata: {} }),
  "prices": (_id, { unit_amount, recurring }) => ({
    active: true,
    billing_scheme: "per_unit",
    tax_behavior: "unspecified",
    lookup_key: null,
    metadata: {},
    recurring: null,
    type: recurring ? "recurring" : "one_time",
    unit_amount_decimal: String(unit_amount),
  }),
  "checkout/sessions": (id) => ({
    url: `https://checkout.stripe.com/c/pay/${id}`,
    status: "open",
    payment_status: "unpaid",
    payment_intent: null,
    customer: null,
    subscription: null,
  }),
  "billing_portal/sessions": (id) => ({ url: `https://billing.stripe.com/p/session/${id}` }),
};

function failure(status: number, code: string | undefined, message: string): Response {
  const error = { type: "invalid_request_error", code, message };
  return Response.json({ error }, { status });
}

/** One page, newest first, as Stripe's lists are. */
function list(kind: string, all: StripeObject[], fields: Record<string, string>) {
  const unknown = Object.keys(fields).find((name) =>
    !/^(limit|starting_after|status|payment\[\w+\]|expand\[\d+\])$/.test(name) &&
    !FILTERS.includes(name)
  );
  if (unknown) {
    return failure(400, "parameter_unknown", `Received unknown parameter: ${unknown}`);
  }
  const found = all.toReversed().filter((object) =>
    FILTERS.every((name) => fields[name] === undefined || String(object[name]) === fields[name]) &&
    (fields["payment[payment_intent]"] === undefined ||
      object.payment.payment_intent === fields["payment[payment_intent]"])
  );
  const start = found.findIndex(({ id }) => id === fields.starting_after) + 1;
  const end = start + Math.min(Number(fields.limit ?? 10), 100);
  return {
    object: "list",
    url: `/v1/${kind}`,
    has_more: end < found.length,
    data: found.slice(start, end),
  };
}

/** A form's fields as the object that they stand for; what is empty is null. */
// deno-lint-ignore no-explicit-any
function parsed(fields: Record<string, string>): Record<string, any> {
  // deno-lint-ignore no-explicit-any
  const form: any = {};
  for (const [name, text] of Object.entries(fields)) {
    const parts = name.replaceAll("]", "").split("[");
    let place = form;
    for (const [index, part] of parts.slice(0, -1).entries()) {
      place = place[part] ??= /^\d+$/.test(parts[index + 1]!) ? [] : {};
    }
    const isText = parts[0] === "metadata" || parts.includes("metadata");
    place[parts.at(-1)!] = isText || !/^(\d+|true|false)$/.test(text)
      ? text || null
      : JSON.parse(text);
  }
  return form;
}

/** The header with which Stripe signs a body, at a time in seconds. */
export async function signatureOf(body: string, secret: string, time: number): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const signature = await crypto.subtle.sign("HMAC", key, encoder.encode(`${time}.${body}`));
  return `t=${time},v1=${new Uint8Array(signature).toHex()}`;
}
