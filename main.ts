/** In the bundle this is one module, with what help needs: all else is loaded by its address. */
import { workerModule } from "./src/core/program_files.ts";
import { HOST_MODE } from "./src/server/functions/protocol.ts";
import { plainHelp } from "./src/invocation/plain_help.ts";
import manifest from "./deno.json" with { type: "json" };

if (Deno.args[0] === HOST_MODE) {
  const { hostFunction }: typeof import("./src/server/functions/host.ts") = await import(
    workerModule("src/server/functions/host").href
  );
  await hostFunction();
} else if (!saysVersion() && !await isHelped(plainHelp(Deno.args))) {
  const { launch }: typeof import("./src/launcher.ts") = await import(
    workerModule("src/launcher").href
  );
  await launch(Deno.args, manifest.version);
}

async function isHelped(words: readonly string[] | undefined): Promise<boolean> {
  if (!words || !Deno.build.standalone) return false;
  const { showHelp } = await import("./src/quick_help.ts");
  return await showHelp(words);
}

/** False where it was not asked for, or cannot be written, for the launcher to say why. */
function saysVersion(): boolean {
  const [only, ...others] = Deno.args;
  if (others.length > 0 || (only !== "--version" && only !== "-V")) return false;
  try {
    console.log(manifest.version);
    return true;
  } catch {
    return false;
  }
}
