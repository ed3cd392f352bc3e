import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { startBackend, type TestBackend } from "../support/backend.ts";
import { runInProcess } from "../support/in_process.ts";
import { envelope, stubServer } from "../support/stub_server.ts";
import { withFolder } from "../support/temporary.ts";

let backend: TestBackend;

/** Runs `insforge config …` in a folder, whose insforge.toml holds `file` at first. */
async function config(
  args: readonly string[],
  { file, cwd, url = backend.url }: { file?: string; cwd: string; url?: string },
) {
  if (file !== undefined) await Deno.writeTextFile(`${cwd}/insforge.toml`, file);
  const env = { INSFORGE_BASE_URL: url, INSFORGE_API_KEY: backend.apiKey };
  return await runInProcess(["config", ...args], { cwd, env });
}

const FILE = `
[auth]
allowed_redirect_urls = ["https://b.example", "https://a.example", "https://a.example"]
disable_signup = true
[auth.password]
min_length = 12
[storage]
max_file_size_mb = 70
[realtime]
retention_days = 0
[schedules]
retention_days = 9
`;

describe("config", () => {
  beforeAll(async () => {
    backend = await startBackend();
  });
  afterAll(() => backend.close());

  it("plans what differs, applies it once, and then finds nothing more", async () => {
    await withFolder(async (cwd) => {
      const planned = JSON.parse((await config(["plan", "--json"], { file: FILE, cwd })).stdout);
      assertEquals(planned.summary, { add: 0, modify: 5, remove: 0, kept: 0 });
      assertEquals(planned.skipped, []);
      assertEquals(planned.changes[0], {
        section: "auth",
        op: "modify",
        key: "allowed_redirect_urls",
        from: [],
        to: ["https://a.example", "https://b.example"],
      });
      const dry = JSON.parse((await config(["apply", "--dry-run", "--json"], { cwd })).stdout);
      assertEquals(dry, { plan: planned, applied: false, dryRun: true });
      const asked = await config(["apply", "--json"], { cwd });
      assertEquals([asked.code, asked.stdout], [1, ""]);
      const done = await config(["apply", "--auto-approve", "--json"], { cwd });
      assertEquals(done.code, 0, done.stderr);
      assertEquals(JSON.parse(done.stdout), {
        plan: planned,
        applied: planned.changes,
        skipped: [],
      });
      const { body } = await backend.request("GET", "/api/auth/config");
      assertEquals([body.disableSignup, body.passwordMinLength], [true, 12]);
      const again = JSON.parse((await config(["apply", "-y", "--json"], { cwd })).stdout);
      assertEquals([again.plan.changes, again.applied], [[], false]);
    });
  });

  it("exports a file that says nothing new, and asks before it replaces one", async () => {
    await withFolder(async (cwd) => {
      const { code, stdout, stderr } = await config(["export", "--json"], { cwd });
      assertEquals(code, 0, stderr);
      const { written, config: exported, skipped } = JSON.parse(stdout);
      assertEquals(written, `${cwd}/insforge.toml`);
      assertEquals(Object.keys(exported), ["auth", "storage", "realtime", "schedules"]);
      assertEquals(skipped, ["deployments.subdomain"]);
      assertEquals(JSON.parse((await config(["plan", "--json"], { cwd })).stdout).changes, []);
      assertEquals((await config(["export", "--json"], { cwd, file: "# mine" })).code, 1);
      assertEquals(await Deno.readTextFile(`${cwd}/insforge.toml`), "# mine");
      assertEquals((await config(["export", "--force"], { cwd })).code, 0);
    });
  });

  it("sends the password of a secret each time, and exports the name of one", async () => {
    const file = '[auth.smtp]\nhost = "mail.example.com"\nport = 465\n' +
      'username = "u"\nsender_email = "a@example.com"\nsender_name = "A"\n' +
      'password = "env(MAIL_PASSWORD)"\n';
    await withFolder(async (cwd) => {
      const without = await config(["apply", "-y"], { cwd, file });
      assertEquals(without.code, 4);
      assertStringIncludes(without.stderr, "insforge secrets add MAIL_PASSWORD");
      await backend.request("POST", "/api/secrets", { key: "MAIL_PASSWORD", value: "hidden-pw" });
      for (const from of ["(unset)", "(set)"]) {
        const done = await config(["apply", "-y", "--json"], { cwd });
        assertEquals(done.code, 0, done.stderr);
        const [change] = JSON.parse(done.stdout).applied;
        assertEquals(change.passwordEnvRef, "MAIL_PASSWORD");
        assertEquals([change.from.password, change.to.password], [from, "env(MAIL_PASSWORD)"]);
        assertEquals(done.stdout.includes("hidden-pw"), false);
      }
      assertEquals((await config(["export", "--force"], { cwd })).code, 0);
      const text = await Deno.readTextFile(`${cwd}/insforge.toml`);
      assertStringIncludes(text, 'password = "env(SMTP_PASSWORD)"');
      const renamed = '[auth.smtp]\nsender_name = "B"\n';
      await config(["apply", "-y"], { cwd, file: renamed });
      const { body } = await backend.request("GET", "/api/auth/smtp-config");
      assertEquals([body.senderName, body.host, body.hasPassword], ["B", "mail.example.com", true]);
    });
  });

  for (
    const [what, file, message] of [
      ["to go without a file", undefined, "insforge config export"],
      ["no TOML", "[auth", "insforge.toml is no TOML: line 1"],
      ["a wrong value", "[storage]\nmax_file_size_mb = 201", "storage.max_file_size_mb must be"],
      ["a value for a table", "auth = 1", "auth must be a table"],
      ["a date", "[deployments]\nsubdomain = 2027-01-01", "deployments.subdomain must be text"],
    ]
  ) {
    it(`refuses ${what}`, async () => {
      await withFolder(async (cwd) => {
        const { code, stderr } = await config(["plan"], { cwd, file });
        assertEquals(code, 1);
        assertStringIncludes(stderr, message!);
      });
    });
  }

  it("shows no password that somebody wrote into the file", async () => {
    await withFolder(async (cwd) => {
      for (const end of ["", "\n[broken"]) {
        const file = `[auth.smtp]\npassword = "hidden-pw"${end}`;
        const { code, stderr } = await config(["plan"], { cwd, file });
        assertEquals(code, 1);
        assertEquals(stderr.includes("hidden-pw"), false, stderr);
      }
    });
  });

  it("warns of names that are none", async () => {
    await withFolder(async (cwd) => {
      const file = 'project_id = "p"\n[auth]\ndisable_signups = true\n[mail]\nx = 1\n';
      const { code, stderr } = await config(["plan"], { cwd, file });
      assertEquals(code, 0);
      assertStringIncludes(stderr, "auth.disable_signups, mail");
    });
  });

  it("passes over what an older backend does not have", async () => {
    const metadata = { auth: { requireEmailVerification: false } };
    await using older = stubServer(({ method, target }) => {
      if (target === "/api/metadata") return Response.json(metadata);
      return method === "PUT" ? Response.json({}) : envelope(404, "NOT_FOUND", "no such route");
    });
    const { url } = older;
    await withFolder(async (cwd) => {
      const file = "[auth]\nrequire_email_verification = true\n[storage]\nmax_file_size_mb = 60\n";
      const done = await config(["apply", "-y", "--json"], { cwd, file, url });
      assertEquals(done.code, 0, done.stderr);
      const { applied, skipped } = JSON.parse(done.stdout);
      assertEquals(applied.map(({ key }: { key: string }) => key), ["require_email_verification"]);
      assertEquals(skipped.map(({ key }: { key: string }) => key), ["storage.max_file_size_mb"]);
      const changed = older.requests.filter(({ method }) => method === "PUT");
      assertEquals(changed.map(({ target }) => target), ["/api/auth/config"]);
      const exported = await config(["export", "--json", "--force"], { cwd, url });
      const { config: found, skipped: missing } = JSON.parse(exported.stdout);
      assertEquals(found, { auth: { require_email_verification: false } });
      for (const path of ["auth.password", "auth.smtp"]) assert(missing.includes(path), path);
    });
  });
});
