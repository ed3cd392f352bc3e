import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { functionBody } from "../../scripts/release/function_body.ts";
import { MODULE_META } from "../../src/files/carried_module.ts";

const AsyncFunction = (async () => {}).constructor as new (
  ...source: string[]
) => (meta: { url: string }) => Promise<Record<string, unknown>>;

function evaluate(code: string): Promise<Record<string, unknown>> {
  return new AsyncFunction(MODULE_META, functionBody(code))({ url: "file:///bundle/main.js" });
}

describe("the body of a function of a module", () => {
  it("imports what the runtime has, in every form", async () => {
    const { found } = await evaluate(
      `import whole,{join as j,sep}from"node:path";import*as all from"node:path";import"node:fs";` +
        `var found=[whole.join===j,all.sep===sep,j("a","b")];export{found};`,
    );
    assertEquals(found, [true, true, `a${Deno.build.os === "windows" ? "\\" : "/"}b`]);
  });

  it("exports by the names that others know, also the default", async () => {
    const exports = await evaluate(`var a=1;async function b(){}export{a as one,b as default};`);
    assertEquals(Object.keys(exports), ["one", "default"]);
    assertEquals(exports.one, 1);
  });

  it("has the address that it is given, and leaves it alone in texts", async () => {
    const { told } = await evaluate(
      'var told=[import.meta.url,"import.meta.url",`${import.meta.url}import.meta`];export{told};',
    );
    const url = "file:///bundle/main.js";
    assertEquals(told, [url, "import.meta.url", `${url}import.meta`]);
  });

  it("leaves imports to others, if it is told to", () => {
    const code =
      `import{a}from"./x.js";var b=()=>[import("./y.js"),import(a),"import("];export{b};`;
    const made = functionBody(code, {
      module: (source) => `get("${source}")`,
      ask: { name: "ask", told: (source) => `of ${source}` },
    });
    assertStringIncludes(made, `const{a:a}=get("./x.js");`);
    assertStringIncludes(made, `var b=()=>[ask("of ./y.js"),ask(a),"import("];return{b:b};`);
  });

  it("is strict, and may wait", async () => {
    const { self } = await evaluate(
      "var self=await(async function(){return this})();export{self};",
    );
    assertEquals(self, undefined);
  });

  it("refuses what it does not know", () => {
    assertThrows(() => functionBody(`export default 1`), Error, "ExportDefaultDeclaration");
    assertThrows(() => functionBody(`export*from"node:fs"`), Error, "ExportAllDeclaration");
    assertThrows(() => functionBody(`export{x}from"node:fs"`), Error, "ExportNamedDeclaration");
  });
});
