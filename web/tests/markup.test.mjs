// Markup of templates, as a browser's translation may change it.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { endValues } from "../shared/markup.js";

const web = path.resolve(import.meta.dirname, "..");

test("a value between tags ends with a comment, and one in a tag does not", () => {
  const table = [
    [
      ["<p>", " on ", "</p>"],
      ["<p>", "<!----> on ", "<!----></p>"],
    ],
    [
      ['<p class="a ', '" title=', ">", "</p>"],
      ['<p class="a ', '" title=', ">", "<!----></p>"],
    ],
    [
      ['<p title="a > b ', '">', "</p>"],
      ['<p title="a > b ', '">', "<!----></p>"],
    ],
    [
      ["", ""],
      ["", "<!---->"],
    ],
    [
      ["<p>", "</p><i ?hidden=", ">", "</i>"],
      ["<p>", "<!----></p><i ?hidden=", ">", "<!----></i>"],
    ],
  ];
  for (const [strings, expected] of table) assert.deepEqual(endValues(strings).strings, expected, strings.join("…"));
});

test("every template is one that stays right when it is translated", () => {
  const modules = ["player", "console", "shared"].flatMap((folder) =>
    fs
      .readdirSync(path.join(web, folder), { recursive: true })
      .map((file) => path.join(folder, String(file)))
      .filter((file) => file.endsWith(".js")),
  );
  const direct = modules.filter((file) => fs.readFileSync(path.join(web, file), "utf8").includes("vendor/lit-html.js"));
  assert.deepEqual(direct, [path.join("shared", "html.js")]);
});

test("a browser that keeps to the wish of a page does not translate it", () => {
  for (const page of ["player", "console"]) {
    const text = fs.readFileSync(path.join(web, page, "index.html"), "utf8");
    assert.match(text, /<html lang="en" translate="no">/, page);
    assert.match(text, /<meta name="google" content="notranslate" \/>/, page);
  }
});
