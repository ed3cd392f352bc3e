import { Hono } from "hono";
import { CATEGORIES, SEVERITIES } from "../../shared/advisor/rule.ts";
import { onlyWanted } from "../../shared/advisor/wanted.ts";
import { requireAdmin } from "../http/authenticate.ts";
import { ApiError } from "../http/api_error.ts";
import { isUuid, readJson } from "../http/validate.ts";
import type { Area, LocalBackend, RequestContext, RequestVariables } from "../services.ts";
import { Advisor, type Suppression, type Wish } from "./advisor.ts";

const REASONS = ["false_positive", "accepted_risk", "wont_fix", "other"];
const SCOPES = ["instance", "rule"];
const USUAL_LIMIT = 50;
/** Characters that a rule, an object and a note may have. */
const LONGEST = { ruleId: 200, affectedObject: 500, note: 1000 };

/** What is unsafe, slow or bound to fail in the schema (contract section 22). */
export function advisor(backend: LocalBackend): Area {
  const advisor = new Advisor(backend.database);

  return new Hono<RequestVariables>()
    .use(requireAdmin(backend))
    .post("/scan", async (context) => {
      const { scanId } = await advisor.scan(backend.clock());
      return context.json({ scanId, message: "The scan is done" }, 201);
    })
    .get("/latest", async (context) => {
      const scan = await advisor.latest();
      if (!scan) return context.json(null);
      const issues = await advisor.issues();
      const count = (wanted: string) => issues.filter(({ severity }) => severity === wanted).length;
      return context.json({
        scanId: scan.scanId,
        status: "completed",
        scanType: "manual",
        scannedAt: scan.scannedAt,
        errorMessage: null,
        summary: {
          total: issues.length,
          ...Object.fromEntries(SEVERITIES.map((severity) => [severity, count(severity)])),
        },
      });
    })
    .get("/issues", async (context) => {
      const severity = choice(context, "severity", SEVERITIES);
      const category = choice(context, "category", CATEGORIES);
      const limit = wholeNumber(context, "limit", 1) ?? USUAL_LIMIT;
      const offset = wholeNumber(context, "offset", 0) ?? 0;
      const issues = onlyWanted(await advisor.issues(), { severity, category });
      return context.json({
        issues: issues.slice(offset, offset + limit),
        total: issues.length,
      });
    })
    .get("/suppressions", async (context) => {
      const suppressions = await advisor.suppressions();
      return context.json({ suppressions: suppressions.map(told) });
    })
    .post("/suppressions", async (context) => {
      const made = await advisor.suppress(wishOf(await readJson(context)));
      if (!made) throw new ApiError(409, "DATABASE_DUPLICATE", "That is suppressed already");
      return context.json(told(made), 201);
    })
    .delete("/suppressions/:id", async (context) => {
      const id = context.req.param("id");
      if (!isUuid(id)) throw invalid("The id of a suppression is a UUID");
      if (!await advisor.unsuppress(id)) {
        throw new ApiError(
          404,
          "NOT_FOUND",
          `There is no suppression ${id}`,
          "GET /api/advisor/suppressions lists them.",
        );
      }
      return context.json({ deleted: true });
    });
}

function choice(
  context: RequestContext,
  name: string,
  allowed: readonly string[],
): string | undefined {
  const value = context.req.query(name);
  if (value !== undefined && !allowed.includes(value)) {
    throw invalid(`${name} must be one of ${allowed.join(", ")}`);
  }
  return value;
}

function wholeNumber(context: RequestContext, name: string, least: number): number | undefined {
  const text = context.req.query(name);
  if (!text) return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) {
    throw invalid(`${name} must be a whole number from ${least}`);
  }
  return value;
}

/** What a body asks for. @throws {ApiError} 400 for what is missing or of the wrong kind */
function wishOf(body: unknown): Wish {
  const { ruleId, scope, affectedObject, reason, note } = body as Record<string, unknown>;
  const rule = isText(ruleId, LONGEST.ruleId) ? ruleId.trim() : "";
  if (!rule) throw invalid("ruleId is missing, or too long");
  if (!SCOPES.includes(scope as string)) throw invalid(`scope must be one of ${SCOPES.join(", ")}`);
  if (!REASONS.includes(reason as string)) {
    throw invalid(`reason must be one of ${REASONS.join(", ")}`);
  }
  const hasObject = isText(affectedObject, LONGEST.affectedObject) && affectedObject.trim() !== "";
  if (scope === "instance" && !hasObject) {
    throw invalid("affectedObject is missing, or too long: the scope instance needs it");
  }
  const hasNote = isText(note, LONGEST.note);
  if (!hasNote && note !== undefined && note !== null) {
    throw invalid("note is too long, or no text");
  }
  if (reason === "other" && !(hasNote && note.trim())) {
    throw invalid("note is missing: the reason other needs it");
  }
  return {
    ruleId: rule,
    affectedObject: scope === "instance" ? affectedObject as string : null,
    reason: reason as string,
    note: hasNote ? note : null,
  };
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === "string" && value.length <= longest;
}

function told({ id, ruleId, affectedObject, ...others }: Suppression) {
  const entries = Object.entries({
    id,
    ruleId,
    affectedObject,
    scope: affectedObject === null ? "rule" : "instance",
    ...others,
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}

function invalid(message: string): ApiError {
  return new ApiError(400, "INVALID_INPUT", message);
}
