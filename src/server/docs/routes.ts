import { Hono } from "hono";
import { ApiError } from "../http/api_error.ts";
import type { Area, LocalBackend, RequestVariables } from "../services.ts";
import { PAGES } from "./pages.ts";

/** The port in the texts, where this backend's own belongs. */
const SAMPLE_PORT = "7130";

/** The documentation of this backend, open to everybody (contract section 12). */
export function docs(backend: LocalBackend): Area {
  const read = (...words: string[]) => {
    const page = PAGES.find((page) => page.words.join("/") === words.join("/"));
    if (!page) {
      throw new ApiError(
        404,
        "DOCS_NOT_FOUND",
        `There is no page "${words.join(" ")}"`,
        "GET /api/docs lists every page.",
      );
    }
    const { port } = new URL(backend.url);
    return { type: page.type, content: page.content.replaceAll(SAMPLE_PORT, port) };
  };
  return new Hono<RequestVariables>()
    .get("/", (context) =>
      context.json(PAGES.map(({ type, filename, words }) => ({
        type,
        filename,
        endpoint: `/api/docs/${words.join("/")}`,
      }))))
    .get("/:topic", (context) => context.json(read(context.req.param("topic"))))
    .get("/:feature/:language", (context) => {
      const { feature, language } = context.req.param();
      return context.json(read(feature, language));
    });
}
