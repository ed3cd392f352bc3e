/** Sites for tests of deployments: files by path, and their manifests. */
import { createHash } from "node:crypto";
import { dirname, join } from "@std/path";
import type { TestBackend } from "./backend.ts";

export type SiteFiles = Readonly<Record<string, string>>;

/** Writes files below a folder. */
export async function writeSite(folder: string, files: SiteFiles): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeTextFile(join(folder, path), content);
  }
}

/** What a client sends to announce files. */
export function manifestOf(files: SiteFiles) {
  return Object.entries(files).map(([path, content]) => ({
    path,
    sha: createHash("sha1").update(content).digest("hex"),
    size: new TextEncoder().encode(content).length,
  }));
}

/** Sends one file of a deployment. */
export function putFile(backend: TestBackend, id: string, fileId: string, content: string) {
  return backend.request(
    "PUT",
    `/api/deployments/${id}/files/${fileId}/content`,
    new TextEncoder().encode(content),
    { headers: { "content-type": "application/octet-stream" } },
  );
}

/** Sends several files of a deployment in one request, which begins with a list of their ids. */
export function putFiles(backend: TestBackend, id: string, ids: unknown, contents: string) {
  return backend.request(
    "PUT",
    `/api/deployments/${id}/files`,
    new TextEncoder().encode(`${JSON.stringify(ids)}\n${contents}`),
    { headers: { "content-type": "application/octet-stream" } },
  );
}

/** Deploys files over HTTP, one by one, and answers the deployment in its final state. */
export async function deploySite(backend: TestBackend, files: SiteFiles) {
  const created = await backend.request("POST", "/api/deployments/direct", {
    files: manifestOf(files),
  });
  if (created.status !== 201) throw new Error(JSON.stringify(created.body));
  const { id } = created.body;
  for (const { fileId, path, uploadedAt } of created.body.files) {
    if (uploadedAt === null) await putFile(backend, id, fileId, files[path]!);
  }
  const started = await backend.request("POST", `/api/deployments/${id}/start`, {});
  if (started.status !== 200) throw new Error(JSON.stringify(started.body));
  return await settled(backend, id);
}

/** Waits until a deployment is in a final state. */
export async function settled(backend: TestBackend, id: string) {
  while (true) {
    const { body } = await backend.request("GET", `/api/deployments/${id}`);
    if (!["QUEUED", "BUILDING"].includes(body.status)) return body;
  }
}
