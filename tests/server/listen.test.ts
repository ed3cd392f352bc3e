import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { fromFileUrl } from "@std/path";

describe("a port", () => {
  it({
    name: "is answered on after more came than may be open",
    ignore: Deno.build.os === "windows",
  }, async () => {
    const flags = (Deno.env.get("INSFORGE_DENO_FLAGS") ?? "").split("\n").filter(Boolean);
    const program = fromFileUrl(new URL("../support/serve_wire.ts", import.meta.url));
    const args = ["run", "--quiet", ...flags, "--no-check", "--allow-all", program];
    await using child = new Deno.Command("sh", {
      args: ["-c", 'ulimit -n 60; exec "$0" "$@"', Deno.execPath(), ...args],
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.getReader();
    const port = Number(new TextDecoder().decode((await reader.read()).value));
    await reader.cancel();
    const wish = new Uint8Array([0, 0, 0, 8, 4, 210, 22, 47]);
    const ask = async (socket: Deno.TcpConn) => {
      await socket.write(wish);
      const answer = new Uint8Array(1);
      await socket.read(answer);
      return new TextDecoder().decode(answer);
    };
    const first = await Deno.connect({ port });
    assertEquals(await ask(first), "N");
    const sockets = await Promise.all(Array.from({ length: 80 }, () => Deno.connect({ port })));
    for (const socket of [first, ...sockets]) socket.close();
    using last = await Deno.connect({ port });
    assertEquals(await ask(last), "N");
    child.kill();
  });
});
