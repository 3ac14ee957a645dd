// The steps of a verification, one a line, with their values.

import { html, nothing } from "../../shared/html.js";
import { hasDraw } from "../../shared/verify.js";
import { stepWords } from "../paid.js";
import { t, when } from "../texts.js";
import { hash, icon } from "./basics.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Step} Step */
/** @typedef {import("../../shared/types.d.ts").Verification} Verification */

/** @type {Record<Step["state"], string>} */
const MARKS = { ok: "check", bad: "cross", unknown: "info" };

/** @param {Context} context @param {Step} step */
function line(context, step) {
  return html`<li class="step step--${step.state}">
    <span class="mark">${icon(MARKS[step.state], true)}</span>
    <h3>
      <span class="hidden-text">${t(`verify.state.${step.state}`)} </span
      >${t(/** @type {any} */ (`step.${step.id}`), stepWords(step.words))}
    </h3>
    ${
      step.values.length
        ? html`<dl class="values">
            ${step.values.map((value) => {
              const name = t(/** @type {any} */ (`value.${value.label}`), { time: value.at ? when(value.at) : "" });
              return html`<div>
                <dt>${name}</dt>
                <dd>${hash(context, value.value, name, value.isHash ?? false)}</dd>
              </div>`;
            })}
          </dl>`
        : nothing
    }
  </li>`;
}

/** @param {Context} context @param {Verification} verification */
export const steps = (context, verification) =>
  html`<ol class="steps">
    ${verification.steps.map((step) => line(context, step))}
  </ol>`;

/**
 * @param {Verification} verification
 * @param {"verify" | "verify.period"} [of] The texts of a bet's draws, or of a period's.
 */
export const verdict = (verification, of = "verify") =>
  html`<div class="verdict ${verification.isGood ? "" : "verdict--bad"}">
    ${icon(verification.isGood ? "check" : "alert")}
    <p>
      ${of === "verify" ? verdictTitle(verification) : t(verification.isGood ? "verify.good" : "verify.bad")}<small
        >${t(`${of}.${verification.isGood ? "good" : "bad"}.text`)}</small
      >
    </p>
  </div>`;

/** What the steps of a bet or of a round have shown. @param {Verification} verification */
export const verdictTitle = (verification) =>
  t(!verification.isGood ? "verify.bad" : hasDraw(verification) ? "verify.good" : "verify.good.none");

/** @param {Context} context @param {Verification} verification */
export const byHand = ({ act }, verification) =>
  html`<details class="card">
    <summary>${icon("chevron", true)}${t("verify.hand")}</summary>
    <div class="stack stack--8">
      <div class="line line--apart">
        <p class="hint">${t("verify.hand.text")}</p>
        <button
          class="inline-button"
          type="button"
          aria-label=${t("copy.of", { name: t("verify.hand") })}
          @click=${() => act.copy(verification.byHand)}
        >
          ${t("copy")}
        </button>
      </div>
      <pre class="code" tabindex="0">${verification.byHand}</pre>
    </div>
  </details>`;

/** A short sign that leads to the steps. @param {Verification | undefined} verification */
export const verifiedBadge = (verification) =>
  verification
    ? html`<span class="badge ${verification.isGood ? "badge--good" : "badge--bad"}">
        ${icon(verification.isGood ? "check" : "alert", true)}${t(
          !verification.isGood ? "verify.badge.bad" : hasDraw(verification) ? "verify.badge" : "verify.good.none",
        )}
      </span>`
    : nothing;
