/** How many tests ended how. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Counts the tests of a JUnit report of Deno; a test with steps counts as its steps. */
export function countTests(report: string): Counts {
  const cases = [...report.matchAll(
    /<testcase name="([^"]*)" classname="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g,
  )].map(([, name = "", file = "", body = ""]) => ({ name: `${file} ${name}`, body }));
  const groups = new Set(cases.flatMap(({ name }) => ancestors(name)));
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, body } of cases) {
    const isGroup = groups.has(name);
    // A group that fails by itself, in a hook, has no failed step to stand for it.
    const isOwnFailure = isGroup && body.includes("<failure") && !/test steps? failed/.test(body);
    if (isGroup && !isOwnFailure) continue;
    if (body.includes("<skipped")) counts.skipped++;
    else if (body.includes("<failure") || body.includes("<error")) counts.failed++;
    else counts.passed++;
  }
  return counts;
}

function ancestors(name: string): string[] {
  const parts = name.split(" &gt; ");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join(" &gt; "));
}
