/** Signs a release that was built without the key: `deno run scripts/release/sign.ts FOLDER`. */
import { join } from "@std/path";
import { sign } from "./signing_key.ts";

/** What is signed: both hold the digests of everything else. */
const SIGNED = ["manifest.json", "SHA256SUMS"];

/** Writes `NAME.sig`, 64 bytes, beside each of the signed files of a release. */
export async function signRelease(folder: string): Promise<void> {
  for (const name of SIGNED) {
    const signature = await sign(await Deno.readFile(join(folder, name)));
    await Deno.writeFile(join(folder, `${name}.sig`), signature);
  }
}

if (import.meta.main) await signRelease(Deno.args[0]!);
