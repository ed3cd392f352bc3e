/** Which rows of PostgreSQL's catalogs a dump looks at. */

/**
 * That an object belongs to no extension: `pg_depend` knows a member by the catalog it was made in.
 */
export const own = (catalog: string, oid: string) => ownObject(`'${catalog}'::regclass`, oid);

/** The same for an object whose catalog is an expression. */
export const ownObject = (catalog: string, oid: string) =>
  `NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = ${catalog} AND e.objid = ${oid} AND e.deptype = 'e')`;

/** That an object is in the schemas `$1`; its schema is the row `n` of `pg_namespace`. */
export const IN_SCHEMAS = "n.nspname = ANY ($1::text[])";

/**
 * That an object is no part of another one, as a range's constructors or an identity column's
 * sequence are.
 */
export const ownPart = (catalog: string, oid: string) =>
  `NOT EXISTS (SELECT FROM pg_depend i WHERE i.classid = '${catalog}'::regclass AND i.objid = ${oid} AND i.deptype = 'i')`;
