/** Branches of the platform's emulator: section 2.10 of the HTTP contract. */

interface EmulatedBranch {
  id: string;
  parent_project_id: string;
  organization_id: string;
  name: string;
  appkey: string;
  region: string;
  branch_state: string;
  branch_created_at: string;
  branch_metadata: { mode: string };
}

const CHANGE = { schema: "public", object: "tags", type: "table", action: "add", sql: "CREATE …" };
const CONFLICT = { schema: "public", object: "posts", type: "table", hint: "Both changed it" };

/** The branches of all projects. A state that passes is answered once before `ready`. */
export class EmulatedBranches {
  readonly #all = new Map<string, EmulatedBranch>();

  /** The branch, as a project that has a key. */
  has(id: string): boolean {
    return this.#all.has(id);
  }

  /** Answers what is about branches; undefined for everything else. */
  answer(
    method: string,
    url: URL,
    body: { name?: string; mode?: string },
  ): Response | undefined {
    const [, first, , project = "", last, action] = url.pathname.split("/");
    if (first !== "projects") return undefined;
    if (project === "branches") {
      return this.#one(method, last ?? "", action, url.searchParams.has("dryRun"));
    }
    if (last !== "branches") return undefined;
    const own = [...this.#all.values()].filter((branch) => branch.parent_project_id === project);
    if (method === "GET") return Response.json({ data: own });
    const { name = "", mode = "full" } = body;
    if (own.some((branch) => branch.name === name)) {
      return Response.json({ error: `There is a branch ${name}` }, { status: 409 });
    }
    const id = crypto.randomUUID();
    const branch: EmulatedBranch = {
      id,
      parent_project_id: project,
      organization_id: "org-1",
      name,
      appkey: `key-${id.slice(0, 8)}`,
      region: "us-east",
      branch_state: "creating",
      branch_created_at: new Date().toISOString(),
      branch_metadata: { mode },
    };
    this.#all.set(id, branch);
    return Response.json({ branch }, { status: 201 });
  }

  #one(method: string, id: string, action: string | undefined, isDry: boolean): Response {
    const branch = this.#all.get(id);
    if (!branch) return Response.json({ error: "Branch not found" }, { status: 404 });
    if (action === "merge") return this.#merge(branch, isDry);
    if (action === "reset") branch.branch_state = "resetting";
    else if (method === "DELETE") this.#all.delete(id);
    else branch.branch_state = "ready";
    return Response.json({ branch });
  }

  /** A branch that is called `both` has changed what its parent has. */
  #merge(branch: EmulatedBranch, isDry: boolean): Response {
    const conflicts = branch.name === "both" ? [CONFLICT] : [];
    const diff = {
      summary: { added: 1, modified: 0, conflicts: conflicts.length },
      rendered_sql: "BEGIN;\nCREATE TABLE tags ();\nCOMMIT;",
      changes: [CHANGE],
      conflicts,
    };
    if (isDry) return Response.json(diff);
    if (conflicts.length > 0) return Response.json({ error: "Conflict", diff }, { status: 409 });
    branch.branch_state = "merged";
    return Response.json({ branchId: branch.id, status: "merged", diff });
  }
}
