import { splitList } from "./lists.ts";

/** An item of `select`: a column, all columns, or rows of a related table. */
export type Selected =
  | { readonly kind: "all" }
  | {
    readonly kind: "column";
    readonly column: string;
    readonly alias?: string;
    readonly cast?: string;
  }
  | {
    readonly kind: "related";
    readonly relation: string;
    readonly alias?: string;
    /** The foreign key or table that decides between several ways. */
    readonly hint?: string;
    /** Whether rows without related ones are left out. */
    readonly isInner: boolean;
    readonly items: readonly Selected[];
  };

/** Reads `select`: `id,when:created_at::date,author!inner(name)`. */
export function parseSelect(text: string): Selected[] {
  const items = splitList(text).map((item) => item.trim()).filter(Boolean);
  return items.length === 0 ? [{ kind: "all" }] : items.map(parseItem);
}

function parseItem(item: string): Selected {
  if (item === "*") return { kind: "all" };
  const related = /^(?:([^:(]+):)?([^!(:]+)((?:![^!(]+)*)\((.*)\)$/s.exec(item);
  if (related) {
    const [, alias, relation = "", marks = "", inner = ""] = related;
    const words = marks.split("!").filter(Boolean);
    return {
      kind: "related",
      relation: relation.trim(),
      alias: alias?.trim(),
      hint: words.find((word) => word !== "inner" && word !== "left"),
      isInner: words.includes("inner"),
      items: parseSelect(inner),
    };
  }
  const [, alias, column = item, cast] = /^(?:([^:]+):(?!:))?(.*?)(?:::(\w+))?$/s.exec(item) ?? [];
  return { kind: "column", column: column.trim(), alias: alias?.trim(), cast };
}
