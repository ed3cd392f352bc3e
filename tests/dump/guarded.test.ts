import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { guardBody, guardLiterals } from "../../src/commands/db/dump/guarded.ts";

describe("SQL that backends would refuse for a word", () => {
  it("has the word in literals without naming it", () => {
    assertEquals(
      guardLiterals(String.raw`(1, 'a''set_config\', E'\\SET_CONFIG', 'b')`),
      String.raw`(1, E'a''set\137config\\', E'\\SET\137CONFIG', 'b')`,
    );
  });

  it("has it in the body of a function", () => {
    assertEquals(
      guardBody("CREATE FUNCTION f()\nAS $function$SELECT 'set_config\\'$function$;"),
      "CREATE FUNCTION f()\nAS E'SELECT ''set\\137config\\\\''';",
    );
  });

  it("is otherwise left as it is", () => {
    assertEquals(guardLiterals("('it''s', E'\\\\')"), "('it''s', E'\\\\')");
    assertEquals(guardBody("\nAS $$x$$;"), "\nAS $$x$$;");
  });
});
