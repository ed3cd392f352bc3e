import { assertEquals } from "@std/assert";
import { it } from "@std/testing/bdd";
import { hold } from "../../src/server/functions/websocket.ts";

it("a function's WebSocket loses nothing that comes before somebody listens", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => {
      socket.send("first");
      socket.send(new Uint8Array([1, 2]));
      socket.close(4000, "done");
    };
    return response;
  });
  const held = hold(new WebSocket(`ws://127.0.0.1:${server.addr.port}`));
  await new Promise((resolve) => held.socket.addEventListener("close", resolve));
  assertEquals(held.early, ["first", new Uint8Array([1, 2]).buffer]);
  assertEquals([held.end?.code, held.end?.reason], [4000, "done"]);
});
