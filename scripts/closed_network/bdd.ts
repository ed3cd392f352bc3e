/** The parts of `@std/testing/bdd` that the tests use, over Deno's own test runner. */

type Work = () => void | Promise<void>;
type TestSettings = Omit<Deno.TestDefinition, "fn" | "name">;
type Definition = TestSettings & { name: string; fn: Work };
type Options = TestSettings & { name: string };

interface Suite {
  readonly name: string;
  readonly settings: TestSettings;
  readonly items: (Suite | Definition)[];
  readonly hooks: Record<"beforeAll" | "afterAll" | "beforeEach" | "afterEach", Work[]>;
}

let current: Suite | undefined;

/** Groups tests; an outermost group is one test of Deno's, its tests are the steps of that. */
export function describe(first: string | Options | Definition, fn?: Work): void {
  const { name, fn: work, ...settings } = definitionOf(first, fn);
  const parent = current;
  const suite: Suite = {
    name,
    settings,
    items: [],
    hooks: { beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] },
  };
  current = suite;
  work();
  current = parent;
  if (parent) parent.items.push(suite);
  else Deno.test({ name, ...settings, fn: (context) => runSuite(context, suite, []) });
}

/** A test. */
export function it(first: string | Options | Definition, fn?: Work): void {
  const definition = definitionOf(first, fn);
  if (current) current.items.push(definition);
  else Deno.test(definition);
}

export const beforeAll = (fn: Work): void => void current!.hooks.beforeAll.push(fn);
export const afterAll = (fn: Work): void => void current!.hooks.afterAll.push(fn);
export const beforeEach = (fn: Work): void => void current!.hooks.beforeEach.push(fn);
export const afterEach = (fn: Work): void => void current!.hooks.afterEach.push(fn);

function definitionOf(first: string | Options | Definition, fn?: Work): Definition {
  const options = typeof first === "string" ? { name: first } : first;
  const work = (options as Partial<Definition>).fn ?? fn;
  if (!work) throw new TypeError(`${options.name} has no function`);
  return { ...options, fn: work };
}

async function runSuite(
  context: Deno.TestContext,
  suite: Suite,
  outer: readonly Suite[],
): Promise<void> {
  const suites = [...outer, suite];
  try {
    for (const hook of suite.hooks.beforeAll) await hook();
    for (const item of suite.items) {
      if ("items" in item) {
        await context.step({
          name: item.name,
          ...item.settings,
          fn: (inner) => runSuite(inner, item, suites),
        });
      } else {
        await context.step({ ...item, fn: () => runTest(item.fn, suites) });
      }
    }
  } finally {
    for (const hook of suite.hooks.afterAll) await hook();
  }
}

async function runTest(fn: Work, suites: readonly Suite[]): Promise<void> {
  try {
    for (const { hooks } of suites) for (const hook of hooks.beforeEach) await hook();
    await fn();
  } finally {
    for (const { hooks } of [...suites].reverse()) {
      for (const hook of hooks.afterEach) await hook();
    }
  }
}
