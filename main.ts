import { HOST_MODE } from "./src/server/functions/protocol.ts";
import manifest from "./deno.json" with { type: "json" };

const [first] = Deno.args;
if (Deno.args.length === 1 && (first === "--version" || first === "-V")) {
  console.log(manifest.version);
} else if (first === HOST_MODE) {
  const { hostFunction } = await import("./src/server/functions/host.ts");
  await hostFunction();
} else {
  const { launch } = await import("./src/launcher.ts");
  await launch(Deno.args, manifest.version);
}
