/** Settings of a bucket that are kept for tools which ask for them (contract section 18.4). */
import { textContent } from "./body.ts";
import { empty, notImplemented, type S3Request, xml } from "./request.ts";
import { S3Error } from "./s3_error.ts";
import { insides, textOf, textsOf, type Xml } from "./xml.ts";

const CORS_METHODS = new Set(["GET", "PUT", "POST", "DELETE", "HEAD"]);
/** Elements of a rule that may stand there several times. */
const LISTS = ["AllowedMethod", "AllowedOrigin", "AllowedHeader", "ExposeHeader"] as const;
const VERSIONING = new Set(["Enabled", "Suspended"]);

/** Whether browsers are let in: kept, and not followed, as every origin is here. */
export async function cors(request: S3Request): Promise<Response> {
  const { method, store, bucket } = request;
  switch (method) {
    case "GET": {
      const { corsRules } = await store.settings(bucket);
      if (corsRules) return xml("CORSConfiguration", { CORSRule: corsRules as Xml[] });
      throw new S3Error("NoSuchCORSConfiguration", `The bucket ${bucket} has no CORS rules`);
    }
    case "PUT":
      await store.setCorsRules(bucket, rulesOf(await textContent(request.content)));
      return empty(200);
    case "DELETE":
      await store.setCorsRules(bucket, null);
      return empty(204);
  }
  return notImplemented(request);
}

/** Whether earlier contents are kept: said, and not done, as on the real backend. */
export async function versioning(request: S3Request): Promise<Response> {
  const { method, store, bucket } = request;
  if (method === "GET") {
    const { versioningStatus } = await store.settings(bucket);
    const isSet = VERSIONING.has(versioningStatus);
    return xml("VersioningConfiguration", { Status: isSet ? versioningStatus : undefined });
  }
  if (method !== "PUT") return notImplemented(request);
  const status = textOf(await textContent(request.content), "Status") ?? "";
  if (!VERSIONING.has(status)) {
    throw new S3Error("MalformedXML", "The status is Enabled or Suspended");
  }
  await store.setVersioning(bucket, status);
  return empty(200);
}

function rulesOf(document: string): Record<string, Xml | string[]>[] {
  const rules = insides(document, "CORSRule").map((rule) => {
    const lists = LISTS.map((name) => [name, textsOf(rule, name)] as const)
      .filter(([, values]) => values.length > 0);
    const age = textOf(rule, "MaxAgeSeconds");
    const id = textOf(rule, "ID");
    return {
      ...(id === undefined ? {} : { ID: id }),
      ...Object.fromEntries(lists),
      ...(age === undefined ? {} : { MaxAgeSeconds: Number(age) }),
    } as Record<string, Xml | string[]>;
  });
  const isWrong = rules.some(({ AllowedMethod, AllowedOrigin, MaxAgeSeconds = 0 }) =>
    !Array.isArray(AllowedMethod) || !Array.isArray(AllowedOrigin) ||
    !AllowedMethod.every((method) => CORS_METHODS.has(method)) ||
    !(Number.isInteger(MaxAgeSeconds) && Number(MaxAgeSeconds) >= 0)
  );
  if (rules.length > 0 && !isWrong) return rules;
  throw new S3Error(
    "MalformedXML",
    "Every rule has methods and origins, and there is one at least",
  );
}
