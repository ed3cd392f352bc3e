/** What the local backend takes of zip.js: no more of it is bundled. */
export { configure, Reader, ZipReader } from "@zip-js/zip-js";
