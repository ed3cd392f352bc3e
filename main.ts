import { HOST_MODE } from "./src/server/functions/protocol.ts";
import manifest from "./deno.json" with { type: "json" };

const [first] = Deno.args;
if (Deno.args.length === 1 && (first === "--version" || first === "-V")) {
  console.log(manifest.version);
  // At once: the first run that goes on decides which modules V8's code cache will ever hold, and
  // one that has loaded nothing else must not be that run.
  Deno.exit(0);
} else if (first === HOST_MODE) {
  const { hostFunction } = await import("./src/server/functions/host.ts");
  await hostFunction();
} else {
  const { launch } = await import("./src/launcher.ts");
  await launch(Deno.args, manifest.version);
}
