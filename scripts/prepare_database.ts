/**
 * Makes the database that a first start unpacks: a full initdb with the internal schemas takes
 * seconds, unpacking takes a fraction of one. Does nothing when the archive of this PGlite and
 * these schemas is there already.
 */
import { fromFileUrl } from "@std/path";
import { packExtensions } from "../src/server/database/extensions/pack.ts";
import { packPglite } from "../src/server/database/packed_pglite.ts";
import { prepareDatabase } from "../src/server/database/prepare.ts";

await packPglite();
await packExtensions();
const archive = await prepareDatabase();
console.error(`Prepared database: ${fromFileUrl(archive)}`);
