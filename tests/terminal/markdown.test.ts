import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { renderMarkdown } from "../../src/terminal/markdown.ts";
import { styleFor } from "../../src/terminal/style.ts";
import { widthOf } from "../../src/terminal/width.ts";

const plain = (text: string, columns = 80) => renderMarkdown(text, styleFor(false), columns);
const coloured = (text: string, columns = 80) => renderMarkdown(text, styleFor(true), columns);
const WORDS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen";

describe("Markdown on a terminal", () => {
  it("wraps paragraphs, lists and quotes at the width", () => {
    for (const columns of [20, 40, 80]) {
      for (const text of [WORDS, `- ${WORDS}\n  - ${WORDS}`, `> ${WORDS}`, `12. ${WORDS}`]) {
        const lines = plain(text, columns).split("\n");
        assert(lines.every((line) => widthOf(line) <= columns), lines.join("\n"));
        assertEquals(lines.join(" ").match(/[a-z]+/g)!.length % 14, 0);
      }
    }
  });

  it("sets continuation lines of a list below its text", () => {
    assertEquals(plain("- aa bb\n- cc\n  1. dd", 6), "• aa\n  bb\n• cc\n  1. dd\n");
  });

  it("leaves the lines of code as they are", () => {
    const line = "x".repeat(100);
    assertEquals(plain(`~~~ts\n${line}\n\n  indented\n~~~`), `    ${line}\n\n      indented\n`);
  });

  it("fits tables, wraps and cuts their cells, loses nothing", () => {
    const long = "abcdefghij".repeat(6);
    const text = `| A | B |\n|---|--:|\n| ${long} | ${WORDS} |\n| \`x\` | 1 |`;
    const lines = plain(text, 50).split("\n");
    assert(lines.every((line) => widthOf(line) <= 50), lines.join("\n"));
    assertEquals(lines.map((line) => line.slice(0, 24).trim()).join("").includes(long), true);
    assert(lines.at(-2)!.endsWith(" 1"));
  });

  it("shows where a link leads, once", () => {
    assertEquals(plain("[the docs](https://a.example/x)"), "the docs (https://a.example/x)\n");
    assertEquals(plain("<https://a.example>"), "https://a.example\n");
    assertEquals(plain("[below](#below)"), "below\n");
  });

  it("marks code and headings also without colours", () => {
    assertEquals(plain("# T\n\n## U\n\n### V\n\n`c` **b**"), "T\n═\n\nU\n─\n\nV\n\n`c` b\n");
    assertEquals(coloured("`c d`"), "\x1b[36mc\x1b[39m \x1b[36md\x1b[39m\n");
  });

  it("ends every colour on its line, as pagers forget them there", () => {
    for (const line of coloured(`**${WORDS}** \`${WORDS}\``, 20).split("\n")) {
      // deno-lint-ignore no-control-regex
      const codes = [...line.matchAll(/\x1b\[(\d+)m/g)].map(([, code]) => code);
      assertEquals(
        codes.filter((code) => code === "1").length,
        codes.filter((c) => c === "22").length,
      );
      assertEquals(
        codes.filter((code) => code === "36").length,
        codes.filter((c) => c === "39").length,
      );
    }
  });

  it("lets no control character of a page reach the terminal", () => {
    const evil =
      "\x1b]0;t\x07 &#27;[2J &#x1b;[2J `\x1b[2J` [x](http://a/\x1b[2J)\n\n    \x1b[2J\n\n<b>\x9b2J";
    const shown = plain(`${evil}\n\n| \x1b[1m |\n|---|\n| \x07 |`);
    // deno-lint-ignore no-control-regex
    assertEquals(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(shown), false, JSON.stringify(shown));
  });

  it("turns front matter and components of MDX into what they say", () => {
    const page = [
      "---",
      'title: "Storage"',
      "description: Files",
      "---",
      "",
      "import Setup from '/snippets/setup.mdx';",
      "",
      "<Setup />",
      "<Steps>",
      '  <Step title="Install">',
      "    ```ts",
      '    import { a } from "b";',
      "    <Tag>",
      "    ```",
      "  </Step>",
      "</Steps>",
      "<Note>",
      "Take &lt;care&gt;.",
      "</Note>",
    ].join("\n");
    assertEquals(
      plain(page),
      'Storage\n═══════\n\nFiles\n\nInstall\n\n    import { a } from "b";\n    <Tag>\n\nTake <care>.\n',
    );
  });

  it("takes any text", () => {
    for (
      const text of [
        "",
        "\n\n",
        "<!-- x -->",
        "|",
        "[",
        "```",
        "---",
        "# ",
        "- ",
        "a  \nb",
        "> ".repeat(40) + "---",
      ]
    ) {
      assertStringIncludes(plain(text, 10), "\n");
    }
  });
});
