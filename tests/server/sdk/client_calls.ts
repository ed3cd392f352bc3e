import { AuthChangeEvent, createAdminClient } from "@insforge/sdk";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Bench, type Calls, dataOf } from "./calls.ts";

const admin = ({ backend: { url: baseUrl, apiKey } }: Bench) =>
  createAdminClient({ baseUrl, apiKey });
const notes = "/api/database/records/notes";

export const clientCalls: Calls = {
  "sdk.createClient": async (bench) => {
    const sdk = bench.client({ headers: { "X-Test": "sent" } });
    assertEquals(sdk.getHttpClient().getHeaders()["X-Test"], "sent");
    assertEquals(dataOf(await sdk.database.from("items").select("id")).length, 4);
  },
  "sdk.createAdminClient": async (bench) => {
    await bench.backend.sql("CREATE TABLE hidden (id int); INSERT INTO hidden VALUES (7)");
    await bench.backend.sql("ALTER TABLE hidden ENABLE ROW LEVEL SECURITY");
    const rows = await admin(bench).database.from("hidden").select("id");
    assertEquals(dataOf(rows), [{ id: 7 }]);
  },
  "client.getHttpClient": (bench) => {
    assertEquals(bench.client().getHttpClient().baseUrl, bench.backend.url);
  },
  "client.setAccessToken": async (bench) => {
    const { accessToken, id } = await bench.user();
    const sdk = bench.client();
    sdk.setAccessToken(accessToken, AuthChangeEvent.SIGNED_IN);
    assertEquals((await sdk.auth.getCurrentUser()).data.user?.id, id);
    sdk.setAccessToken(null);
    assertEquals((await sdk.auth.getCurrentUser()).data.user, null);
  },
  "http.get": async (bench) => {
    const { status } = await bench.client().getHttpClient().get<{ status: string }>("/api/health");
    assertEquals(status, "ok");
  },
  "http.post": async (bench) => {
    await admin(bench).getHttpClient().post(notes, [{ id: 100, text: "posted" }]);
    assertEquals(await bench.backend.sql("SELECT text FROM notes WHERE id = 100"), [{
      text: "posted",
    }]);
  },
  "http.put": async (bench) => {
    const http = admin(bench).getHttpClient();
    const change = { passwordMinLength: 7 };
    assertEquals(
      (await http.put<typeof change>("/api/auth/config", change)).passwordMinLength,
      7,
    );
    await http.put("/api/auth/config", { passwordMinLength: 6 });
  },
  "http.patch": async (bench) => {
    await bench.backend.sql("INSERT INTO notes VALUES (101, 'a')");
    const params = { id: "eq.101" };
    await admin(bench).getHttpClient().patch(notes, { text: "b" }, { params });
    assertEquals(await bench.backend.sql("SELECT text FROM notes WHERE id = 101"), [{ text: "b" }]);
  },
  "http.delete": async (bench) => {
    await bench.backend.sql("INSERT INTO notes VALUES (102, 'a')");
    await admin(bench).getHttpClient().delete(notes, { params: { id: "eq.102" } });
    assertEquals(await bench.backend.sql("SELECT text FROM notes WHERE id = 102"), []);
  },
  "http.request": async (bench) => {
    const http = bench.client().getHttpClient();
    const path = "/api/database/records/items";
    assertEquals(await http.request("GET", path, { params: { id: "eq.1", select: "n" } }), [{
      n: 1,
    }]);
    await assertRejects(() => http.request("GET", "/api/nothing"), Error, "There is no");
  },
  "http.rawFetch": async (bench) => {
    const response = await bench.client().getHttpClient().rawFetch(
      `${bench.backend.url}/api/health`,
    );
    assertEquals([response.status, (await response.json()).status], [200, "ok"]);
  },
  "http.setAuthToken": async (bench) => {
    const { accessToken, id } = await bench.user();
    const http = bench.client().getHttpClient();
    http.setAuthToken(accessToken);
    const { user } = await http.get<{ user: { id: string } }>("/api/auth/sessions/current");
    assertEquals(user.id, id);
  },
  "http.setRefreshToken": async (bench) => {
    const { refreshToken, id } = await bench.user();
    const http = bench.client().getHttpClient();
    http.setRefreshToken(refreshToken);
    assertEquals((await http.refreshAccessToken()).user?.id, id);
  },
  "http.getHeaders": async (bench) => {
    const { sdk, accessToken } = await bench.user();
    assertEquals(sdk.getHttpClient().getHeaders().Authorization, `Bearer ${accessToken}`);
  },
  "http.refreshAccessToken": async (bench) => {
    const { refreshToken, id } = await bench.user();
    const http = bench.client().getHttpClient();
    http.setRefreshToken(refreshToken);
    const { accessToken } = await http.refreshAccessToken();
    const known = bench.client({ accessToken });
    assertEquals((await known.auth.getCurrentUser()).data.user?.id, id);
  },
  "http.getValidAccessToken": async (bench) => {
    const { sdk, accessToken } = await bench.user();
    assertEquals(await sdk.getHttpClient().getValidAccessToken(), accessToken);
    assert(!await bench.client().getHttpClient().getValidAccessToken());
  },
};
