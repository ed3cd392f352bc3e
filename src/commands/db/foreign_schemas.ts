import type { Context } from "../../cli/context.ts";
import { plural } from "../../terminal/plural.ts";
import { quote } from "./script/names.ts";

/** Says which schemas are left out, as another role made them and kept them to itself. */
export function tellForeign(context: Context, schemas: readonly string[]): void {
  if (schemas.length === 0) return;
  const statement = `GRANT ALL ON SCHEMA ${schemas.map(quote).join(", ")} TO project_admin`;
  context.note(
    `Left out: ${plural(schemas.length, "schema")} in which the project may make nothing, ${
      schemas.join(", ")
    }. Whoever made what is in there lets it in: ${statement}`,
  );
}
