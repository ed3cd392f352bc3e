/** Chromium without a window, driven over the Chrome DevTools Protocol as a person would. */

/** Milliseconds in which what was asked for has to show, on a machine that has much else to do. */
const PATIENCE_MS = 90_000;
const BETWEEN_MS = 200;
const PROGRAMS = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/** Keys by their codes, as `Input.dispatchKeyEvent` takes them. */
const KEYS = {
  Enter: { key: "Enter", windowsVirtualKeyCode: 13, text: "\r" },
  Space: { key: " ", windowsVirtualKeyCode: 32, text: " " },
  ArrowRight: { key: "ArrowRight", windowsVirtualKeyCode: 39 },
};

type Params = Record<string, unknown>;
// deno-lint-ignore no-explicit-any
type Result = any;

export class Browser implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<Result>>();
  #last = 0;

  private constructor(process: Deno.ChildProcess, profile: string, socket: WebSocket) {
    this.#process = process;
    this.#profile = profile;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
  }

  /** @throws when no Chromium is installed */
  static async launch(): Promise<Browser> {
    const profile = await Deno.makeTempDir({ prefix: "insforge-browser-" });
    const process = spawnFirst([
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--remote-debugging-port=0",
      "--window-size=1280,1000",
      `--user-data-dir=${profile}`,
      "about:blank",
    ]);
    const socket = new WebSocket(await addressOf(process));
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    return new Browser(process, profile, socket);
  }

  async page(): Promise<Page> {
    const { targetId } = await this.ask("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.ask("Target.attachToTarget", { targetId, flatten: true });
    return new Page((method, params) => this.ask(method, params, sessionId));
  }

  ask(method: string, params: Params, sessionId?: string): Promise<Result> {
    const id = ++this.#last;
    const answer = Promise.withResolvers<Result>();
    this.#waiting.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    return answer.promise;
  }

  #hear({ id, result, error }: { id?: number; result?: Result; error?: { message: string } }) {
    const answer = id === undefined ? undefined : this.#waiting.get(id);
    if (!answer) return;
    this.#waiting.delete(id!);
    if (error) answer.reject(new Error(error.message));
    else answer.resolve(result);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    this.#process.kill();
    await this.#process.status;
    await Deno.remove(this.#profile, { recursive: true }).catch(() => {});
  }
}

/** A file that somebody chooses. */
export interface Attachment {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

/** What a person looks at and acts on. */
export class Page {
  readonly #ask: (method: string, params: Params) => Promise<Result>;

  constructor(ask: (method: string, params: Params) => Promise<Result>) {
    this.#ask = ask;
  }

  /** Opens an address, and waits until it is loaded. */
  async open(url: string): Promise<void> {
    const { errorText } = await this.#ask("Page.navigate", { url });
    if (errorText) throw new Error(`${url}: ${errorText}`);
    await this.until("document.readyState === 'complete'", `${url} to load`);
  }

  async reload(): Promise<void> {
    await this.open(await this.evaluate("location.href"));
  }

  /** Forgets who is signed in. */
  async forget(): Promise<void> {
    await this.evaluate("localStorage.clear(), sessionStorage.clear()");
    await this.#ask("Network.clearBrowserCookies", {});
  }

  /** Waits until a text shows. */
  async shows(text: string): Promise<void> {
    await this.until(`document.body.innerText.includes(${JSON.stringify(text)})`, `"${text}"`);
  }

  /** Waits until the path is another. */
  async leaves(path: string): Promise<void> {
    await this.until(`location.pathname !== ${JSON.stringify(path)}`, `to leave ${path}`);
  }

  /** Waits until something is there. */
  async finds(selector: string): Promise<void> {
    await this.until(found(selector), selector);
  }

  /** Whether something is there now. */
  has(selector: string): Promise<boolean> {
    return this.evaluate(`!!${found(selector)}`);
  }

  /** Types into a field, in place of what it holds. */
  async fill(selector: string, text: string): Promise<void> {
    const element = found(selector);
    await this.until(element, selector);
    const isFilled = `${element}?.value === ${JSON.stringify(text)}`;
    const deadline = Date.now() + PATIENCE_MS;
    // A page that is still being put together may drop what was typed.
    while (!await this.evaluate(isFilled)) {
      if (Date.now() > deadline) throw new Error(`${selector} does not take what is typed`);
      await this.evaluate(`${element}?.focus(), document.activeElement.select?.()`);
      await this.#ask("Input.insertText", { text });
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
    }
  }

  /** Chooses a file of text for a field that takes files. */
  async attach(selector: string, { name, type, text }: Attachment): Promise<void> {
    const input = `document.querySelector(${JSON.stringify(selector)})`;
    await this.until(input, selector);
    const parts = [[text], name, { type }].map((part) => JSON.stringify(part)).join(", ");
    await this.evaluate(`{
      const chosen = new DataTransfer();
      chosen.items.add(new File(${parts}));
      ${input}.files = chosen.files;
      ${input}.dispatchEvent(new Event("change", { bubbles: true }));
    }`);
  }

  /** Clicks on what a selector finds, of several on the first visible one that has the text. */
  async click(selector: string, text = ""): Promise<void> {
    const element = found(selector, text);
    await this.until(`${element} && !${element}.disabled`, `${selector} ${text}`);
    await this.evaluate(`${element}.scrollIntoView({ block: "center", behavior: "instant" })`);
    const { x, y } = await this.evaluate(`(({ left, top, width, height }) =>
      ({ x: left + width / 2, y: top + height / 2 }))(${element}.getBoundingClientRect())`);
    const at = { x, y, button: "left", clickCount: 1 };
    await this.#ask("Input.dispatchMouseEvent", { type: "mouseMoved", x, y });
    await this.#ask("Input.dispatchMouseEvent", { type: "mousePressed", ...at });
    await this.#ask("Input.dispatchMouseEvent", { type: "mouseReleased", ...at });
  }

  async focus(selector: string): Promise<void> {
    await this.finds(selector);
    await this.evaluate(`${found(selector)}.focus()`);
  }

  /** Presses a key on what has the focus. */
  async press(key: keyof typeof KEYS): Promise<void> {
    const pressed = { code: key, ...KEYS[key] };
    await this.#ask("Input.dispatchKeyEvent", { type: "keyDown", ...pressed });
    await this.#ask("Input.dispatchKeyEvent", { type: "keyUp", ...pressed });
    // What listens takes one key after another.
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
  }

  /** Waits until an expression, or what it promises, is true. @throws with what the page shows */
  async until(expression: string, what: string): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    // Between two pages there is nothing to ask.
    while (
      !await this.evaluate(`Promise.resolve(${expression}).then(Boolean)`).catch(() => false)
    ) {
      if (Date.now() > deadline) {
        const shown = await this.evaluate("location.href + ': ' + document.body.innerText");
        throw new Error(
          `waited for ${what} in vain; ${shown.replaceAll(/\s+/g, " ").slice(0, 400)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS));
    }
  }

  async evaluate(expression: string): Promise<Result> {
    const { result, exceptionDetails } = await this.#ask("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description);
    return result.value;
  }
}

function found(selector: string, text = ""): string {
  return `[...document.querySelectorAll(${JSON.stringify(selector)})].find((element) =>
    element.getClientRects().length > 0 && element.textContent.includes(${JSON.stringify(text)}))`;
}

function spawnFirst(args: string[]): Deno.ChildProcess {
  for (const program of PROGRAMS) {
    try {
      const options = { args, stdin: "null", stdout: "null", stderr: "piped" } as const;
      return new Deno.Command(program, options).spawn();
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new Error("No Chromium is installed.");
}

/** Where it can be driven, which it says as it starts. */
async function addressOf({ stderr }: Deno.ChildProcess): Promise<string> {
  const [said, rest] = stderr.tee();
  rest.pipeTo(new WritableStream()).catch(() => {});
  let text = "";
  for await (const part of said.pipeThrough(new TextDecoderStream())) {
    text += part;
    const address = /listening on (ws:\S+)/.exec(text)?.[1];
    if (address) return address;
  }
  throw new Error(`Chromium ended: ${text.slice(0, 300)}`);
}
