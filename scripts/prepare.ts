/**
 * Makes the files that the executable carries beside its modules: the database that a first start
 * unpacks (a full initdb with the internal schemas takes seconds, unpacking a fraction of one), and
 * the WebAssembly of PGlite, of PostgreSQL's parser and of esbuild. Does nothing for what is there
 * already.
 */
import { fromFileUrl } from "@std/path";
import { packExtensions } from "../src/server/database/extensions/pack.ts";
import { packPglite } from "../src/server/database/packed_pglite.ts";
import { prepareDatabase } from "../src/server/database/prepare.ts";
import { packEsbuild } from "../src/shared/bundling/esbuild.ts";
import { packParsers } from "../src/shared/sql/parser_engine.ts";
import { forgetOtherPacking } from "./release/packing_way.ts";

await forgetOtherPacking(".setup/prepared", "src/files/packing.ts", ".setup/packing_way");
await packPglite();
await packExtensions();
await packEsbuild();
await packParsers();
const archive = await prepareDatabase();
console.error(`Prepared database: ${fromFileUrl(archive)}`);
