/**
 * Names what a module of src exports for nothing: a value that no other module of the program
 * takes, unless tests do and its own module as well, or a type that is not used anywhere. Ends with
 * 1 when there is any.
 */
import { walk } from "@std/fs/walk";
import { dirname, normalize } from "@std/path";

const EXPORT = /^export (?:async |abstract )*(function\*?|const|let|class|interface|type) (\w+)/gm;
const STATIC = /^(?:import|export) (?:type )?\{([^}]*)\} from "(\.[^"]+)"/gm;
const DESTRUCTURED = /\{([^{}]*)\}[^={};]*= await (?:Promise\.all\(\[\s*)?import\("(\.[^"]+)"\)/g;
/** Of what is imported from an address that is worked out. */
const TYPED = /\{([^{}]*)\}: typeof import\("(\.[^"]+)"\)/g;
const MEMBER = /import\("(\.[^"]+)"\)(?:\)\.|\.then\(\((?:it|module)\) => (?:it|module)\.)(\w+)/g;

const texts = new Map<string, string>([["main.ts", await Deno.readTextFile("main.ts")]]);
for (const folder of ["src", "scripts", "tests"]) {
  for await (const { path } of walk(folder, { exts: [".ts"] })) {
    texts.set(path, await Deno.readTextFile(path));
  }
}

/** What is taken, as `module#name`: by the program and its scripts, and by tests. */
const taken = { program: new Set<string>(), tests: new Set<string>() };
for (const [path, text] of texts) {
  const set = path.startsWith("tests") ? taken.tests : taken.program;
  const take = (target: string, names: string) => {
    const module = normalize(`${dirname(path)}/${target}`);
    for (const name of names.split(",")) {
      set.add(`${module}#${name.replace(/\btype /, "").split(/ as |:/)[0]!.trim()}`);
    }
  };
  for (const [, names, target] of text.matchAll(STATIC)) take(target!, names!);
  for (const [, names, target] of text.matchAll(DESTRUCTURED)) take(target!, names!);
  for (const [, names, target] of text.matchAll(TYPED)) take(target!, names!);
  for (const [, target, name] of text.matchAll(MEMBER)) take(target!, name!);
}

const unused: string[] = [];
for (const [path, text] of texts) {
  if (!path.startsWith("src")) continue;
  // Templates hold code that is written elsewhere.
  for (const [, kind, name] of text.replace(/`[^`]*`/g, "``").matchAll(EXPORT)) {
    const isUsedHere = [...text.matchAll(new RegExp(`\\b${name}\\b`, "g"))].length > 1;
    const isType = kind === "interface" || kind === "type";
    const isTested = taken.tests.has(`${path}#${name}`);
    if (taken.program.has(`${path}#${name}`) || isUsedHere && (isType || isTested)) continue;
    unused.push(`${path}: ${name} is exported, and nothing takes it`);
  }
}
for (const line of unused) console.error(line);
if (unused.length > 0) Deno.exit(1);
