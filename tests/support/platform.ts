/**
 * A stand-in for the InsForge platform, which cannot exist here: sections 2.1 to 2.14 of the HTTP
 * contract on loopback, with tokens that expire, refresh tokens that are good for one use, PKCE
 * that is verified, and faults on demand.
 */

import { EmulatedBranches } from "./platform_branches.ts";
import { EmulatedOrganizations } from "./platform_organizations.ts";

export const EMAIL = "ada@example.com";
export const PASSWORD = "  secret with spaces  ";
export const USER_KEY = "uak_emulated";

export interface Fault {
  readonly method?: string;
  readonly path: RegExp;
  readonly status: number;
  /** How many requests it strikes. */
  times: number;
}

export interface PlatformEmulator extends AsyncDisposable {
  readonly url: string;
  /** `METHOD /path` of each request, in order. */
  readonly requests: string[];
  readonly faults: Fault[];
  /** Makes a login that is valid now. */
  issue(): { access_token: string; refresh_token: string };
  /** Makes every access token expire. */
  expireTokens(): void;
  /** Answers of the device grant before approval, such as `slow_down`. */
  readonly deviceAnswers: string[];
  /** How many times a new project answers `provisioning` before `active`. */
  provisioningReads: number;
  /** Projects, by organization. */
  readonly projects: Map<string, EmulatedProject[]>;
  /** Whether a login by email sets the refresh cookie. */
  setsCookie: boolean;
  /** The reports that came. */
  readonly feedback: Record<string, unknown>[];
}

export interface EmulatedProject {
  id: string;
  organization_id: string;
  name: string;
  appkey: string;
  region: string;
  status: string;
  operation_status: string | null;
  instance_type: string;
  service_version: string;
  customized_domain: string | null;
}

/** The newest version that projects can run. */
const LATEST = "v2.2.2";

const USER = {
  id: "user-1",
  name: "Ada",
  email: EMAIL,
  avatar_url: null,
  email_verified: true,
};

/** Starts the emulator on a free port. */
export function startPlatform(): PlatformEmulator {
  const access = new Set<string>();
  const refreshTokens = new Set<string>();
  const codes = new Map<string, { challenge: string; redirectUri: string; clientId: string }>();
  const provisioning = new Map<string, number>();
  const requests: string[] = [];
  const faults: Fault[] = [];
  const deviceAnswers: string[] = [];
  const branches = new EmulatedBranches();
  const projects = new Map<string, EmulatedProject[]>([
    ["org-1", [project("project-1", "org-1", "shop")]],
    ["org-2", []],
  ]);

  const organizations = new EmulatedOrganizations(projects);

  const issue = () => {
    const pair = {
      access_token: `access-${crypto.randomUUID()}`,
      refresh_token: `refresh-${crypto.randomUUID()}`,
    };
    access.add(pair.access_token);
    refreshTokens.add(pair.refresh_token);
    return pair;
  };
  const tokens = () => Response.json({ ...issue(), expires_in: 3600, scope: "" });
  const refuse = (error: string, error_description?: string) =>
    Response.json({ error, error_description }, { status: 400 });
  const all = () => [...projects.values()].flat();

  async function token(body: Record<string, string>): Promise<Response> {
    switch (body.grant_type) {
      case "authorization_code": {
        const grant = codes.get(body.code ?? "");
        codes.delete(body.code ?? "");
        const isValid = grant && grant.redirectUri === body.redirect_uri &&
          grant.clientId === body.client_id &&
          grant.challenge === await challengeOf(body.code_verifier ?? "");
        return isValid ? tokens() : refuse("invalid_grant", "The code is not valid");
      }
      case "refresh_token":
        if (!refreshTokens.delete(body.refresh_token ?? "")) return refuse("invalid_grant");
        return tokens();
      case "urn:ietf:params:oauth:grant-type:device_code": {
        if (body.device_code !== "device-1") return refuse("expired_token");
        const answer = deviceAnswers.shift();
        return answer ? refuse(answer) : tokens();
      }
      default:
        return refuse("unsupported_grant_type");
    }
  }

  function authorize(url: URL): Response {
    const query = url.searchParams;
    const redirect = new URL(query.get("redirect_uri")!);
    if (query.get("code_challenge_method") !== "S256" || redirect.hostname !== "127.0.0.1") {
      return refuse("invalid_request");
    }
    const code = crypto.randomUUID();
    codes.set(code, {
      challenge: query.get("code_challenge")!,
      redirectUri: redirect.href,
      clientId: query.get("client_id")!,
    });
    redirect.searchParams.set("code", code);
    redirect.searchParams.set("state", query.get("state")!);
    return Response.redirect(redirect);
  }

  function read(found: EmulatedProject | undefined): Response {
    if (!found) return Response.json({ error: "Project not found" }, { status: 404 });
    const left = provisioning.get(found.id) ?? 0;
    provisioning.set(found.id, left - 1);
    const status = left > 0 ? "provisioning" : found.status;
    const answer = Response.json({ project: { ...found, status } });
    if (found.operation_status) {
      Object.assign(found, { operation_status: null, ...updates.get(found) });
    }
    return answer;
  }

  /** What an operation that is under way leads to: it is over after it was read once. */
  const updates = new Map<EmulatedProject, Partial<EmulatedProject>>();

  function change(method: string, found: EmulatedProject, url: URL, body: Change): Response {
    const owned = projects.get(found.organization_id)!;
    switch (url.pathname.split("/")[4]) {
      case undefined:
        if (method === "DELETE") owned.splice(owned.indexOf(found), 1);
        else found.name = body.name ?? found.name;
        found.customized_domain = body.customizedDomain ?? null;
        break;
      case "transfer": {
        const target = projects.get(body.targetOrganizationId ?? "");
        if (!target) return Response.json({ error: "No such organization" }, { status: 404 });
        owned.splice(owned.indexOf(found), 1);
        target.push(found);
        found.organization_id = body.targetOrganizationId!;
        break;
      }
      case "restore":
        if (found.status !== "paused") return refuse("The project is not paused");
        found.status = "active";
        break;
      case "restart":
        found.operation_status = "updating_project_version";
        updates.set(found, {
          service_version: url.searchParams.get("insforgeOssVersion")!.slice(1),
        });
        break;
      case "upgrade-instance": {
        const previousInstanceType = found.instance_type;
        found.instance_type = body.instanceType ?? found.instance_type;
        const newInstanceType = found.instance_type;
        return Response.json({ message: "Changed", previousInstanceType, newInstanceType });
      }
    }
    return Response.json({ project: found });
  }

  async function answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const line = `${request.method} ${url.pathname}`;
    requests.push(line);
    const fault = faults.find(({ method, path, times }) =>
      times > 0 && path.test(url.pathname) && (method ?? request.method) === request.method
    );
    if (fault) {
      fault.times--;
      await request.body?.cancel();
      return Response.json({ error: `fault ${fault.status}` }, { status: fault.status });
    }
    const hasBody = request.method === "POST" || request.method === "PUT";
    const body = hasBody ? await request.json().catch(() => ({})) : {};
    if (line === "POST /feedback") {
      emulator.feedback.push(body);
      return Response.json({
        id: "f-1",
        status: body.title === "known" ? "duplicate" : "received",
      });
    }
    if (line === "GET /api/oauth/v1/authorize") return authorize(url);
    if (line === "POST /api/oauth/v1/token") return await token(body);
    if (line === "POST /api/oauth/v1/device_authorization") {
      return Response.json({
        device_code: "device-1",
        user_code: "ABCD-EFGH",
        verification_uri: `${emulator.url}/device`,
        verification_uri_complete: `${emulator.url}/device?code=ABCD-EFGH`,
        expires_in: 900,
        interval: 1,
      });
    }
    if (line === "POST /auth/v1/login") {
      if (body.email !== EMAIL || body.password !== PASSWORD) {
        return Response.json({ error: "Wrong email or password" }, { status: 401 });
      }
      const { access_token, refresh_token } = issue();
      const headers: HeadersInit = emulator.setsCookie
        ? { "set-cookie": `refreshToken=${refresh_token}; HttpOnly; Path=/` }
        : {};
      return Response.json({ token: access_token, user: USER }, { headers });
    }
    const bearer = request.headers.get("authorization")?.replace("Bearer ", "") ?? "";
    if (!access.has(bearer) && bearer !== USER_KEY) {
      return Response.json({ error: "Unauthorized" }, { status: 401 });
    }
    return branches.answer(request.method, url, body) ??
      organizations.answer(request.method, url, body) ?? resource(request.method, url, body);
  }

  function resource(method: string, url: URL, body: Change): Response {
    const { pathname } = url;
    const line = `${method} ${pathname}`;
    const [, first, , id = "", last] = pathname.split("/");
    if (line === "GET /auth/v1/profile") return Response.json({ user: USER });
    if (line === "GET /platform/insforge/latest-version") {
      return Response.json({ version: LATEST, cached: false });
    }
    if (first === "organizations" && last === "projects") {
      const list = projects.get(id);
      if (!list) return Response.json({ error: "Forbidden" }, { status: 403 });
      if (method === "GET") return Response.json({ projects: list });
      const created = project(crypto.randomUUID(), id, body.name ?? "", body.region);
      list.push(created);
      provisioning.set(created.id, emulator.provisioningReads);
      return Response.json({ project: { ...created, status: "provisioning" } });
    }
    const found = all().find((entry) => entry.id === id);
    if (first === "projects" && last === "access-api-key") {
      return found || branches.has(id)
        ? Response.json({ access_api_key: `ik_${id}` })
        : Response.json({ error: "Project not found" }, { status: 404 });
    }
    if (first === "projects" && found && method !== "GET") return change(method, found, url, body);
    if (first === "projects") return read(found);
    return Response.json({ error: "Not found" }, { status: 404 });
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  const emulator: PlatformEmulator = {
    url: `http://127.0.0.1:${server.addr.port}`,
    requests,
    faults,
    issue,
    deviceAnswers,
    provisioningReads: 0,
    projects,
    setsCookie: true,
    feedback: [],
    expireTokens: () => access.clear(),
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
  return emulator;
}

/** What a request can say of a project. */
interface Change {
  name?: string;
  region?: string;
  customizedDomain?: string;
  targetOrganizationId?: string;
  instanceType?: string;
}

function project(
  id: string,
  organization_id: string,
  name: string,
  region = "us-east",
): EmulatedProject {
  return {
    id,
    organization_id,
    name,
    appkey: `key-${id.slice(0, 8)}`,
    region,
    status: "active",
    operation_status: null,
    instance_type: "nano",
    service_version: "2.1.0",
    customized_domain: null,
  };
}

async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return new Uint8Array(digest).toBase64({ alphabet: "base64url", omitPadding: true });
}
