// The templates of the pages. Their texts stay right where another program changes the page: a browser's translation
// puts elements in place of text nodes, and lit-html alone would go on to write into a node that is not shown.

import { html as template, keyed, svg as svgTemplate } from "../vendor/lit-html.js";
import { endValues } from "./markup.js";

export { keyed, live, nothing, ref, render, repeat } from "../vendor/lit-html.js";

/** @typedef {{ betweenTags: boolean[], strings: TemplateStringsArray }} Markup */

/** @type {WeakMap<TemplateStringsArray, Markup>} */
const known = new WeakMap();

/** @param {TemplateStringsArray} source @returns {Markup} */
function markupOf(source) {
  const found = known.get(source);
  if (found) return found;
  const { betweenTags, strings } = endValues(source);
  const markup = { betweenTags, strings: Object.assign(strings, { raw: source.raw }) };
  known.set(source, markup);
  return markup;
}

/** A text that replaces all that stands in its place when it changes. @param {unknown} value @returns {unknown} */
function whole(value) {
  if (Array.isArray(value)) return value.map(whole);
  return typeof value === "string" || typeof value === "number" ? keyed(value, value) : value;
}

/** @template T @param {(strings: TemplateStringsArray, ...values: unknown[]) => T} tag */
const stable =
  (tag) =>
  (/** @type {TemplateStringsArray} */ source, /** @type {unknown[]} */ ...values) => {
    const { betweenTags, strings } = markupOf(source);
    return tag(strings, ...values.map((value, index) => (betweenTags[index] ? whole(value) : value)));
  };

export const html = stable(template);
export const svg = stable(svgTemplate);
