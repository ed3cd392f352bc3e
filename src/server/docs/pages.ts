/**
 * The pages of this backend, written for what it does. A feature's page in a language is what holds
 * for all of them, how to connect, and then the calls; the words are Markdown files in `text/`.
 */
import ai from "./text/ai.md" with { type: "text" };
import auth from "./text/auth/about.md" with { type: "text" };
import authKotlin from "./text/auth/kotlin.md" with { type: "text" };
import authRest from "./text/auth/rest-api.md" with { type: "text" };
import authSwift from "./text/auth/swift.md" with { type: "text" };
import authTypescript from "./text/auth/typescript.md" with { type: "text" };
import connectKotlin from "./text/connect/kotlin.md" with { type: "text" };
import connectRest from "./text/connect/rest-api.md" with { type: "text" };
import connectSwift from "./text/connect/swift.md" with { type: "text" };
import connectTypescript from "./text/connect/typescript.md" with { type: "text" };
import db from "./text/db/about.md" with { type: "text" };
import dbKotlin from "./text/db/kotlin.md" with { type: "text" };
import dbRest from "./text/db/rest-api.md" with { type: "text" };
import dbSwift from "./text/db/swift.md" with { type: "text" };
import dbTypescript from "./text/db/typescript.md" with { type: "text" };
import deployment from "./text/deployment.md" with { type: "text" };
import functions from "./text/functions/about.md" with { type: "text" };
import functionsKotlin from "./text/functions/kotlin.md" with { type: "text" };
import functionsRest from "./text/functions/rest-api.md" with { type: "text" };
import functionsSwift from "./text/functions/swift.md" with { type: "text" };
import functionsTypescript from "./text/functions/typescript.md" with { type: "text" };
import instructions from "./text/instructions.md" with { type: "text" };
import realtime from "./text/realtime.md" with { type: "text" };
import storage from "./text/storage/about.md" with { type: "text" };
import storageKotlin from "./text/storage/kotlin.md" with { type: "text" };
import storageRest from "./text/storage/rest-api.md" with { type: "text" };
import storageSwift from "./text/storage/swift.md" with { type: "text" };
import storageTypescript from "./text/storage/typescript.md" with { type: "text" };

/** A page, as the contract's section 12 lists it. */
export interface Page {
  /** `instructions`, `db-sdk-typescript`, `db-rest-api`. */
  readonly type: string;
  readonly filename: string;
  /** The words behind `/api/docs/`. */
  readonly words: readonly string[];
  readonly content: string;
}

interface Feature {
  readonly title: string;
  readonly about: string;
  /** What is particular to a language; none where the feature is not there at all. */
  readonly calls?: Readonly<Record<Language, string>>;
}

const LANGUAGES = {
  typescript: { name: "TypeScript", connect: connectTypescript },
  swift: { name: "Swift", connect: connectSwift },
  kotlin: { name: "Kotlin", connect: connectKotlin },
  "rest-api": { name: "REST", connect: connectRest },
};
type Language = keyof typeof LANGUAGES;

const FEATURES: Readonly<Record<string, Feature>> = {
  db: {
    title: "Database",
    about: db,
    calls: { typescript: dbTypescript, swift: dbSwift, kotlin: dbKotlin, "rest-api": dbRest },
  },
  storage: {
    title: "Storage",
    about: storage,
    calls: {
      typescript: storageTypescript,
      swift: storageSwift,
      kotlin: storageKotlin,
      "rest-api": storageRest,
    },
  },
  functions: {
    title: "Functions",
    about: functions,
    calls: {
      typescript: functionsTypescript,
      swift: functionsSwift,
      kotlin: functionsKotlin,
      "rest-api": functionsRest,
    },
  },
  auth: {
    title: "Authentication",
    about: auth,
    calls: {
      typescript: authTypescript,
      swift: authSwift,
      kotlin: authKotlin,
      "rest-api": authRest,
    },
  },
  ai: { title: "AI", about: ai },
  realtime: { title: "Realtime", about: realtime },
};

/** Every page, in the order of the list. */
export const PAGES: readonly Page[] = [
  topic("instructions", "instructions.md", instructions),
  ...["db", "auth", "storage", "functions"].map((feature) =>
    topic(`${feature}-sdk`, `${feature}/typescript.md`, contentOf(feature, "typescript"))
  ),
  topic("ai-integration-sdk", "ai.md", contentOf("ai", "typescript")),
  topic("real-time", "realtime.md", contentOf("realtime", "typescript")),
  topic("deployment", "deployment.md", deployment),
  ...Object.keys(FEATURES).flatMap((feature) =>
    (Object.keys(LANGUAGES) as Language[]).map((language) => ({
      type: language === "rest-api" ? `${feature}-rest-api` : `${feature}-sdk-${language}`,
      filename: FEATURES[feature]!.calls ? `${feature}/${language}.md` : `${feature}.md`,
      words: [feature, language],
      content: contentOf(feature, language),
    }))
  ),
];

function topic(type: string, filename: string, content: string): Page {
  return { type, filename, words: [type], content };
}

function contentOf(feature: string, language: Language): string {
  const { title, about, calls } = FEATURES[feature]!;
  if (!calls) return `# ${title}\n\n${about}`;
  const { name, connect } = LANGUAGES[language];
  return [`# ${title}: ${name}\n`, about, connect, calls[language]].join("\n");
}
