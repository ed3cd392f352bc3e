/** What this program takes of zip.js: carried, since a start would read all of it. */
export { BlobReader, configure, ZipReader, ZipWriter } from "@zip-js/zip-js";
