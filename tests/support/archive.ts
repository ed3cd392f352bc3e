/** Zip archives made on the spot. */
import { BlobWriter, configure, TextReader, ZipWriter } from "@zip-js/zip-js";

configure({ useWebWorkers: false });

/** An archive of text files, by path. */
export async function zipArchive(files: Readonly<Record<string, string>>): Promise<Blob> {
  const zip = new ZipWriter(new BlobWriter("application/zip"));
  for (const [name, text] of Object.entries(files)) await zip.add(name, new TextReader(text));
  return await zip.close();
}
