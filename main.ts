import manifest from "./deno.json" with { type: "json" };

const [first] = Deno.args;
if (Deno.args.length === 1 && (first === "--version" || first === "-V")) {
  console.log(manifest.version);
} else {
  const { launch } = await import("./src/launcher.ts");
  await launch(Deno.args, manifest.version);
}
