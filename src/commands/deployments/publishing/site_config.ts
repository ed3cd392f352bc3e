/** What `vercel.json` of a deployed folder says that matters before it is sent. */
import { join } from "@std/path";
import { placeWithin } from "../../../files/real_path.ts";
import { readJsonFile } from "../../../files/json_file.ts";

/**
 * The folder of the site below the deployed one (`outputDirectory`), with forward slashes; "" for
 * the deployed folder itself.
 * @throws {FileError} when `vercel.json` cannot be read or holds no JSON object
 */
export async function outputDirectoryOf(folder: string): Promise<string> {
  const { outputDirectory } =
    await readJsonFile(placeWithin(folder, join(folder, "vercel.json"))) ?? {};
  if (typeof outputDirectory !== "string") return "";
  const names = outputDirectory.split(/[\\/]+/);
  return names.filter((name) => name !== "" && name !== ".").join("/");
}
