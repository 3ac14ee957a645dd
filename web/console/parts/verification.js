// The steps of a verification as staff read them, one a line, with their values.

import { html, nothing } from "../../shared/html.js";
import { icon } from "../../player/parts/basics.js";
import { verdictTitle } from "../../player/parts/verification.js";
import { stepWords } from "../../player/paid.js";
import { when } from "../../player/texts.js";
import { said, t } from "../texts.js";
import { copied } from "./basics.js";

/** @typedef {import("../types.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Step} Step */
/** @typedef {import("../../shared/types.d.ts").Verification} Verification */

/** @type {Record<Step["state"], string>} */
const MARKS = { ok: "check", bad: "cross", unknown: "info" };

/** @param {Context} context @param {Step} step */
const line = (context, { id, state, words, values }) =>
  html`<li class="step step--${state}">
    <span class="mark">${icon(MARKS[state], true)}</span>
    <h3><span class="hidden-text">${said(`verify.state.${state}`)} </span>${said(`step.${id}`, stepWords(words))}</h3>
    ${
      values.length
        ? html`<dl class="values">
            ${values.map(({ label, value, at, isHash }) => {
              const name = said(`value.${label}`, { time: at ? when(at) : "" });
              return html`<div>
                <dt>${name}</dt>
                <dd>${copied(context, value, name, isHash ?? false)}</dd>
              </div>`;
            })}
          </dl>`
        : nothing
    }
  </li>`;

/** The verdict, and the steps behind it. @param {Context} context @param {Verification} verification */
export const verified = (context, verification) =>
  html`<div class="verdict ${verification.isGood ? "" : "verdict--bad"}">
      ${icon(verification.isGood ? "check" : "alert")}
      <p>
        ${verdictTitle(verification)}<small
          >${verification.isGood ? t("verify.good.text") : t("verify.bad.text")}</small
        >
      </p>
    </div>
    <section class="card" aria-label=${t("verify.steps")}>
      <h2 class="hidden-text">${t("verify.steps")}</h2>
      <ol class="steps">
        ${verification.steps.map((step) => line(context, step))}
      </ol>
    </section>`;
