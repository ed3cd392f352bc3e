import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { isLoopbackHost } from "../../src/server/http/host.ts";

const ours = [
  "localhost",
  "LOCALHOST:7130",
  "app.localhost:7180",
  "127.0.0.1",
  "127.0.0.1:7130",
  "127.8.9.10",
  "[::1]:7130",
];
const foreign = [
  "",
  "127.0.0.1.evil.com",
  "127.0.0.1.evil.com:7130",
  "localhost.evil.com",
  "evil.com",
  "evil.com:127.0.0.1",
  "notlocalhost",
  "evil.com/localhost",
  "localhost:7130.evil.com",
  "128.0.0.1",
  "[::1].evil.com",
  "0.0.0.0",
  "localhost:7130\r\nx: y",
  "localhost:65536",
  "127.0.0.999",
];

describe("the hosts that the local backend answers for", () => {
  it("are names and addresses of this machine, whole", () => {
    assertEquals(ours.filter((host) => !isLoopbackHost(host)), []);
    assertEquals(foreign.filter(isLoopbackHost), []);
  });
});
