import { createClient } from "@insforge/sdk";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { afterAll, beforeAll, describe, it } from "@std/testing/bdd";
import { insforge } from "../support/executable.ts";

/** What a function knows of who calls it. */
const WHO = `import { createClient } from "npm:@insforge/sdk";
export default async (request: Request) => {
  const accessToken = request.headers.get("authorization")?.replace("Bearer ", "");
  const client = createClient({ baseUrl: Deno.env.get("INSFORGE_BASE_URL"), accessToken });
  const { data } = await client.auth.getCurrentUser();
  return Response.json({ email: data.user?.email ?? null });
};`;

describe("an app's users on the local backend", () => {
  let cwd: string;
  let url: string;
  let anonKey: string;
  const run = (...args: string[]) => insforge(args, { cwd });
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(...args, "--json");
    assertEquals(code, 0, stderr);
    return JSON.parse(stdout);
  };
  const client = () => createClient({ baseUrl: url, anonKey, isServerMode: true });

  beforeAll(async () => {
    cwd = await Deno.realPath(await Deno.makeTempDir({ prefix: "insforge-test-" }));
    ({ url } = await json("local", "start", "--port", "0"));
    ({ value: anonKey } = await json("secrets", "get", "ANON_KEY"));
  });
  afterAll(async () => {
    await run("local", "stop");
    await Deno.remove(cwd, { recursive: true });
  });

  it("sign up, confirm by the mail in the inbox, and are known to functions and rows", async () => {
    assertEquals(
      (await json("auth", "config", "requireEmailVerification=true")).disableSignup,
      false,
    );
    const credentials = { email: "ada@example.com", password: "correct horse" };
    await client().auth.signUp(credentials);
    const shown = await run("local", "mail", "show");
    const otp = /Code:? +(\d{6})/.exec(shown.stdout)?.[1];
    assert(otp, shown.stdout);
    assertStringIncludes((await run("local", "mail", "list")).stdout, otp);
    const { data, error } = await client().auth.verifyEmail({ email: credentials.email, otp });
    assertEquals(error, null);

    await Deno.mkdir(`${cwd}/insforge/functions/who`, { recursive: true });
    await Deno.writeTextFile(`${cwd}/insforge/functions/who/index.ts`, WHO);
    assertEquals((await run("functions", "deploy", "who")).code, 0);
    const app = createClient({ baseUrl: url, accessToken: data!.accessToken });
    const who = await app.functions.invoke("who");
    assertEquals(who.data, { email: "ada@example.com" });

    await run("db", "query", "CREATE TABLE notes (owner uuid DEFAULT auth.uid(), text text)");
    await app.database.from("notes").insert([{ text: "mine" }]);
    const { data: rows } = await app.database.from("notes").select("owner");
    assertEquals(rows, [{ owner: data!.user.id }]);
  });

  it("are listed, added, acted as and deleted by the owner", async () => {
    const added = await insforge(
      ["auth", "users", "create", "bea@example.com", "-", "--name", "Bea"],
      { cwd, stdin: "correct horse\n" },
    );
    assertEquals(added.code, 0, added.stderr);
    const list = await run("auth", "users", "list", "--search", "bea");
    assertMatch(list.stdout, /bea@example\.com +Bea +yes +email/);
    const { stdout } = await run("auth", "users", "token", "bea@example.com");
    const answer = await fetch(`${url}/api/auth/sessions/current`, {
      headers: { authorization: `Bearer ${stdout.trim()}` },
    });
    assertEquals((await answer.json()).user.email, "bea@example.com");
    const deleted = await json("auth", "users", "delete", "bea@example.com", "-y");
    assertEquals(deleted.deletedCount, 1);
    assertEquals((await run("auth", "users", "token", "bea@example.com")).code, 4);
    assertEquals((await run("auth", "config", "passwordMinLength=many")).code, 1);
    assertMatch((await json("local", "mail", "open")).url, /\/mail\?ticket=/);
  });
});
