// The types of lit-html.js, from the package that it is bundled of.
export { html, svg, nothing, render } from "lit-html";
export type { TemplateResult } from "lit-html";
export { repeat } from "lit-html/directives/repeat.js";
export { keyed } from "lit-html/directives/keyed.js";
export { live } from "lit-html/directives/live.js";
export { ref } from "lit-html/directives/ref.js";
