import { Command } from "@cliffy/command";
import { join, relative } from "@std/path";
import { reason } from "../../files/reason.ts";
import type { Context, Run } from "../../cli/context.ts";
import { FileError } from "../../core/errors.ts";
import { checkSlug, functionFolder } from "./local_files.ts";
import { createFile } from "../../files/output_file.ts";
import type { Result } from "../../terminal/present.ts";
import { success, text } from "../../terminal/view.ts";

/** `insforge functions new`: a function to begin with, in its place. */
export const create = (run: Run) =>
  new Command()
    .arguments("<slug:string>")
    .example("Begin one", "insforge functions new hello")
    .action(run(runNew));

const SOURCE = `const corsHeaders = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
  "Access-Control-Allow-Headers": "Authorization, Content-Type",
};

interface Input {
  name?: string;
}

export default async function (request: Request): Promise<Response> {
  if (request.method === "OPTIONS") {
    return new Response(null, { status: 204, headers: corsHeaders });
  }
  const { name = "world" }: Input = request.method === "POST" ? await request.json() : {};
  return Response.json({ message: \`Hello, \${name}!\` }, { headers: corsHeaders });
}
`;

/** Writes the file; what is there is never touched. @throws {FileError} */
async function runNew(context: Context, _options: unknown, slug: string): Promise<Result> {
  checkSlug(slug);
  const path = join(functionFolder(context, slug), "index.ts");
  const shown = relative(context.launch.cwd, path);
  try {
    await createFile(context.launch.cwd, path, SOURCE);
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw error instanceof Deno.errors.AlreadyExists
      ? new FileError(`${shown} is there already.`, { hint: "Choose another slug." })
      : new FileError(`Cannot write ${shown}: ${reason(error)}.`, { cause: error });
  }
  return {
    data: { slug, path: shown },
    view: [
      success(`${shown} was written.`),
      text(
        `Try it with \`insforge functions serve ${slug}\`, upload it with ` +
          `\`insforge functions deploy ${slug}\`.`,
      ),
    ],
  };
}
