import type { Context } from "../../cli/context.ts";
import { showInBrowser } from "../../terminal/browser.ts";
import { success, text, type View } from "../../terminal/view.ts";

/** Opens a page where a person sits at a browser; elsewhere its address is the answer. */
export async function opened(context: Context, url: string): Promise<View> {
  return await showInBrowser(context, url) ? success(`Opened ${url}`) : text(url);
}
