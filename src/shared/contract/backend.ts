/**
 * Wire types of the project backend that the official package describes; types only, no code is
 * loaded.
 */
export type * from "@insforge/shared-schemas";
