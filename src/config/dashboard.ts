/** Where the platform shows a project to people. */

/** The address of a project's dashboard; `INSFORGE_FRONTEND_URL` names another platform. */
export function dashboardOf(
  projectId: string,
  env: (name: string) => string | undefined,
): string {
  const base = (env("INSFORGE_FRONTEND_URL") ?? "https://insforge.dev").replace(/\/+$/, "");
  return `${base}/dashboard/project/${encodeURIComponent(projectId)}`;
}
