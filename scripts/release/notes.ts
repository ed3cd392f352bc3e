/** What a release says of itself: `deno run --allow-read scripts/release/notes.ts [VERSION]`. */

/**
 * The section of a changelog for a version, without its heading.
 * @throws {Error} when there is none, or nothing in it
 */
export function notesOf(changelog: string, version: string): string {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find((text) => text.startsWith(`[${version}]`));
  const notes = section?.slice(section.indexOf("\n")).trim();
  if (!notes) throw new Error(`CHANGELOG.md tells nothing of ${version}`);
  return notes + "\n";
}

if (import.meta.main) {
  const { version } = JSON.parse(await Deno.readTextFile("deno.json"));
  console.log(notesOf(await Deno.readTextFile("CHANGELOG.md"), Deno.args[0] ?? version));
}
