/** The prefixes behind which frameworks hand variables to browsers. */

/**
 * By framework: the prefix, and the package whose presence tells it, the more special ones first.
 */
const FRAMEWORKS = {
  next: { prefix: "NEXT_PUBLIC_", packages: ["next"] },
  nuxt: { prefix: "NUXT_PUBLIC_", packages: ["nuxt"] },
  astro: { prefix: "PUBLIC_", packages: ["astro"] },
  sveltekit: { prefix: "PUBLIC_", packages: ["@sveltejs/kit"] },
  expo: { prefix: "EXPO_PUBLIC_", packages: ["expo"] },
  cra: { prefix: "REACT_APP_", packages: ["react-scripts"] },
  vite: { prefix: "VITE_", packages: ["vite"] },
  none: { prefix: "", packages: [] },
} as const;

export type Framework = keyof typeof FRAMEWORKS;

export const FRAMEWORK_NAMES = Object.keys(FRAMEWORKS) as Framework[];

/** What stands before the names of variables that a browser may see. */
export function publicPrefix(framework: Framework): string {
  return FRAMEWORKS[framework].prefix;
}

/** The framework that a package.json depends on. */
export function frameworkOf(manifest: unknown): Framework {
  const { dependencies, devDependencies } = (manifest ?? {}) as Record<string, object | undefined>;
  const found = new Set(Object.keys({ ...dependencies, ...devDependencies }));
  return FRAMEWORK_NAMES.find((name) => FRAMEWORKS[name].packages.some((one) => found.has(one))) ??
    "none";
}
