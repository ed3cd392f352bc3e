/** Organizations of the platform's emulator: sections 2.11 and 2.12 of the HTTP contract. */

interface Names {
  name: string;
  type: string;
}

interface Member {
  id: string;
  user_id: string;
  role: string;
  joined_at: string;
  name: string;
  email: string;
}

interface Invitation {
  id: string;
  email: string;
  role: string;
  status: string;
  expires_at: string;
}

type Body = { name?: string; type?: string; email?: string; role?: string; plan?: string };

const TIME = "2026-11-01T00:00:00.000Z";
const PLANS = ["free", "starter", "pro", "team", "enterprise"];

/** Who belongs to organizations, what they are called and what they pay. */
export class EmulatedOrganizations {
  readonly #names = new Map<string, Names>();
  readonly #members = new Map<string, Member[]>();
  readonly #invitations = new Map<string, Invitation[]>();
  readonly #projects: Map<string, { id: string; name: string; status: string }[]>;

  /** @param projects by organization, of which an empty list is one as well */
  constructor(projects: Map<string, { id: string; name: string; status: string }[]>) {
    this.#projects = projects;
  }

  /** Answers what is about organizations; undefined for everything else. */
  answer(method: string, { pathname }: URL, body: Body): Response | undefined {
    const [, first, , second = "", third = ""] = pathname.split("/");
    if (pathname === "/organizations/v1") {
      return method === "POST" ? this.#create(body) : Response.json({
        organizations: [...this.#projects.keys()].map((id) => this.#described(id)),
      });
    }
    if (first === "usage") return this.#known(third, () => this.#usage(third));
    if (first === "billing" && second === "stripe") return this.#session(third, body);
    if (first === "billing") {
      return this.#known(second, () =>
        Response.json({
          creditBalanceCents: 1250,
          creditBalanceFormatted: "$12.50",
          transactions: [{ amountCents: 2000, description: "Welcome", created: TIME }],
        }));
    }
    if (first !== "organizations" || third === "projects") return undefined;
    return this.#known(second, () => this.#of(second, method, pathname.split("/").slice(4), body));
  }

  #known(id: string, answer: () => Response): Response {
    return this.#projects.has(id)
      ? answer()
      : Response.json({ error: "Forbidden" }, { status: 403 });
  }

  #described(id: string) {
    const { name, type } = this.#names.get(id) ?? { name: id, type: "personal" };
    return { id, name, type, created_at: TIME, updated_at: TIME };
  }

  #create({ name = "", type = "team" }: Body): Response {
    const id = crypto.randomUUID();
    this.#projects.set(id, []);
    this.#names.set(id, { name, type });
    return Response.json({ organization: this.#described(id) }, { status: 201 });
  }

  #of(id: string, method: string, rest: readonly string[], body: Body): Response {
    const [what, memberId = ""] = rest;
    switch (what) {
      case undefined:
        if (method === "DELETE") {
          this.#projects.delete(id);
          return Response.json({ message: "Organization deleted", organizationId: id });
        }
        this.#names.set(id, { ...this.#described(id), ...body });
        return Response.json({ organization: this.#described(id) });
      case "leave":
        if (this.#membersOf(id).length === 1) {
          const error = "The last administrator cannot leave";
          return Response.json({ error }, { status: 400 });
        }
        this.#projects.delete(id);
        return Response.json({ message: "You left the organization" });
      case "subscription-status":
        return Response.json({ plan: "pro", status: "active", currentPeriodEnd: TIME });
      case "payment-history":
        return Response.json({ payments: [PAYMENT] });
      case "billing-cycles":
        return Response.json({ current: { start_date: "2026-11-01", end_date: "2026-11-30" } });
      case "members":
        return this.#member(id, method, memberId, body);
      default:
        return Response.json({ error: "Not found" }, { status: 404 });
    }
  }

  #membersOf(id: string): Member[] {
    const members = this.#members.get(id) ?? [
      { id: "m-1", user_id: "user-1", role: "administrator", joined_at: TIME, ...ADA },
      { id: "m-2", user_id: "user-2", role: "developer", joined_at: TIME, ...GRACE },
    ];
    this.#members.set(id, members);
    return members;
  }

  #member(id: string, method: string, memberId: string, body: Body): Response {
    const members = this.#membersOf(id);
    const invitations = this.#invitations.get(id) ?? [];
    if (memberId === "") return Response.json({ members, invitations });
    if (memberId === "invite") {
      const { email = "", role = "developer" } = body;
      const invitation = {
        id: crypto.randomUUID(),
        email,
        role,
        status: "pending",
        expires_at: TIME,
      };
      this.#invitations.set(id, [...invitations, invitation]);
      return Response.json({ invitation }, { status: 201 });
    }
    const member = members.find((one) => one.id === memberId);
    if (!member) return Response.json({ error: "Member not found" }, { status: 404 });
    if (method === "DELETE") members.splice(members.indexOf(member), 1);
    else member.role = body.role ?? member.role;
    return Response.json({ member });
  }

  #session(kind: string, { plan = "" }: Body): Response {
    if (kind === "portal-session") return Response.json({ portalUrl: "https://pay.test/portal" });
    if (!PLANS.includes(plan)) {
      return Response.json({ error: `There is no plan ${plan}` }, { status: 400 });
    }
    return Response.json({ checkoutUrl: `https://pay.test/${plan}`, sessionId: "cs_1" });
  }

  #usage(id: string): Response {
    const { name } = this.#described(id);
    return Response.json({
      organization: { id, name, price_plan: "pro" },
      usage_summary: { database_bytes: 2097152, storage_bytes: 0, ai_credits: 69.829999 },
      projects: (this.#projects.get(id) ?? []).map((project) => ({
        ...project,
        database_bytes: 2097152,
        storage_bytes: "0",
      })),
      _meta: { requested_at: TIME },
    });
  }
}

const ADA = { name: "Ada", email: "ada@example.com" };
const GRACE = { name: "Grace", email: "grace@example.com" };
const PAYMENT = {
  amount_cents: 2500,
  amount_display: "$25.00",
  currency: "usd",
  status: "paid",
  description: "Pro",
  invoice_pdf_url: null,
  created_at: TIME,
};
