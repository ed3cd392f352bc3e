/**
 * File names that are no UTF-8. Deno's `readDir` leaves them out without a word, and they cannot be
 * opened; the system's own `ls` knows them. On Windows names are UTF-16, and there are none.
 */

/** How many folders one run of `ls` is asked for: a command line is not endless. */
const AT_ONCE = 500;

/**
 * The paths of such files in these folders, not below them, with U+FFFD for what cannot be read.
 * Where there is no `ls`, nothing is known of any.
 */
export async function undecodableNames(folders: readonly string[]): Promise<string[]> {
  if (Deno.build.os === "windows") return [];
  const found: string[] = [];
  for (let start = 0; start < folders.length; start += AT_ONCE) {
    const asked = folders.slice(start, start + AT_ONCE);
    const listed = await list(asked);
    let folder = asked[0]!;
    const headings = new Map(asked.map((path) => [`${path}:`, path]));
    for (const line of linesOf(listed)) {
      const text = decode(line);
      if (text !== undefined) folder = headings.get(text) ?? folder;
      else found.push(`${folder}/${new TextDecoder().decode(line)}`);
    }
  }
  return found;
}

async function list(folders: readonly string[]): Promise<Uint8Array> {
  try {
    const args = ["-a", "-1", "--", ...folders];
    // GNU's would escape names, were it told to.
    const env = { QUOTING_STYLE: "literal" };
    const { stdout } = await new Deno.Command("ls", { args, env, stdin: "null", stderr: "null" })
      .output();
    return stdout;
  } catch {
    return new Uint8Array();
  }
}

function* linesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0x0a, start);
    yield bytes.subarray(start, end === -1 ? bytes.length : end);
    start = end === -1 ? bytes.length : end + 1;
  }
}

function decode(line: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line);
  } catch {
    return undefined;
  }
}
