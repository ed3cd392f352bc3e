/**
 * Source code of functions: TypeScript or JavaScript, ES modules or scripts that assign
 * `module.exports`. All of it becomes the body of a CommonJS function. So no `import` is left that
 * the runtime would carry out: a function gets what its `require` gives it, and nothing else.
 */

/** One module, ready to be wrapped in a function with `require`, `module` and `exports`. */
export interface Script {
  /** JavaScript on the same lines as the source. It may hold `await` and `import.meta`. */
  readonly body: string;
  /** What it imports as it runs, as written; imports of types alone are not there. */
  readonly imports: readonly string[];
}

/** Source code that cannot be read; the message says where and why. */
export class SourceError extends Error {
  override name = "SourceError";
}

/** Reads a module. @throws {SourceError} that names `file` */
export async function readScript(source: string, file: string): Promise<Script> {
  const [{ transform }, { init, parse }] = await Promise.all([
    import("sucrase"),
    import("es-module-lexer"),
  ]);
  await init;
  // Modern syntax stays; a module that is imported for its types alone goes away.
  const options = { disableESTransforms: true, filePath: file };
  try {
    const module = transform(source, { ...options, transforms: ["typescript"] }).code;
    const imports = parse(module, file)[0].flatMap((found) =>
      found.type !== "import-meta" && found.specifier !== undefined ? [found.specifier] : []
    );
    const { code } = transform(source, { ...options, transforms: ["typescript", "imports"] });
    checkSyntax(code);
    return { body: code, imports: [...new Set(imports)] };
  } catch (error) {
    throw new SourceError(`${file}: ${reasonOf(error as Error, file)}`, { cause: error });
  }
}

/** Lets the engine itself read the code, without running it. */
function checkSyntax(body: string): void {
  // Outside of a module, where this check takes place, it would be an error.
  const code = body.replaceAll("import.meta", "({}).meta");
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  new AsyncFunction(`{${code}\n}`);
}

function reasonOf({ message }: Error, file: string): string {
  return message.replace(`Error transforming ${file}: `, "").replace(/^Parse error /, "");
}
