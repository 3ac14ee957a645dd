// The steps of a verification as staff read them, one a line, with their values.

import { html, nothing } from "../../vendor/lit-html.js";
import { icon } from "../../player/parts/basics.js";
import { money, when } from "../../player/texts.js";
import { said, t } from "../texts.js";
import { copied } from "./basics.js";

/** @typedef {import("../types.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Step} Step */
/** @typedef {import("../../shared/types.d.ts").Verification} Verification */

/** Words of a step that are amounts. */
const AMOUNTS = new Set(["amount", "won", "paid", "drawn", "settled", "back"]);

/** @type {Record<Step["state"], string>} */
const MARKS = { ok: "check", bad: "cross", unknown: "info" };

/** @param {Record<string, string>} [words] */
const shown = (words = {}) => Object.fromEntries(Object.entries(words).map(([name, value]) => [name, AMOUNTS.has(name) ? money(value) : value]));

/** @param {Context} context @param {Step} step */
const line = (context, { id, state, words, values }) => html`<li class="step step--${state}">
  <span class="mark">${icon(MARKS[state], true)}</span>
  <h3><span class="hidden-text">${said(`verify.state.${state}`)} </span>${said(`step.${id}`, shown(words))}</h3>
  ${values.length
    ? html`<dl class="values">
        ${values.map(({ label, value, at, isHash }) => {
          const name = said(`value.${label}`, { time: at ? when(at) : "" });
          return html`<div><dt>${name}</dt><dd>${copied(context, value, name, isHash ?? false)}</dd></div>`;
        })}
      </dl>`
    : nothing}
</li>`;

/** The verdict, and the steps behind it. @param {Context} context @param {Verification} verification */
export const verified = (context, { isGood, steps }) => html`<div class="verdict ${isGood ? "" : "verdict--bad"}">
    ${icon(isGood ? "check" : "alert")}
    <p>${isGood ? t("verify.good") : t("verify.bad")}<small>${isGood ? t("verify.good.text") : t("verify.bad.text")}</small></p>
  </div>
  <section class="card" aria-label=${t("verify.steps")}>
    <h2 class="hidden-text">${t("verify.steps")}</h2>
    <ol class="steps">
      ${steps.map((step) => line(context, step))}
    </ol>
  </section>`;
