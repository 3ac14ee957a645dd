// Small parts that every view uses.

import { html, nothing } from "../../shared/html.js";
import { inFours } from "../../shared/hex.js";
import { problemText } from "../problem_text.js";
import { has, money, t } from "../texts.js";

export { problemText };

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Problem} Problem */
/** @typedef {import("../../shared/types.d.ts").State} State */

/** An icon of the sprite in index.html. @param {string} name */
export const icon = (name, isSmall = false) =>
  html`<svg class=${isSmall ? "icon icon--16" : "icon"} aria-hidden="true"><use href="#i-${name}"></use></svg>`;

/** @param {string} amount */
export const amount = (amount, extra = "") => html`<span class="amount ${extra}">${money(amount)}</span>`;

/** @param {string} side */
export const letter = (side, isLarge = false) =>
  html`<span class="letter letter--${side.toLowerCase()} ${isLarge ? "letter--large" : ""}">${side}</span>`;

/**
 * A hash in groups of four, with its copy button.
 * @param {Context} context @param {string} value @param {string} name
 */
export const hash = ({ act }, value, name, isHash = true) =>
  html`<div class="hash">
    <code>${isHash ? inFours(value) : value}</code>
    <button class="inline-button" type="button" aria-label=${t("copy.of", { name })} @click=${() => act.copy(value)}>
      ${t("copy")}
    </button>
  </div>`;

/** The shape of a view that is being loaded; it appears after 200 ms. */
export const loading = () =>
  html`<div class="card" role="status">
    <span class="hidden-text">${t("loading")}</span>
    <div class="loading" aria-hidden="true">
      <div class="bone bone--title"></div>
      <div class="bone bone--bar"></div>
      <div class="bone"></div>
      <div class="bone bone--half"></div>
      <div class="bone bone--button"></div>
    </div>
  </div>`;

/**
 * @param {{ icon?: string, title: string, text?: string, isBad?: boolean, act?: unknown }} notice
 */
export const notice = ({ icon: name = "empty", title, text, isBad = false, act = nothing }) =>
  html`<div class="card notice ${isBad ? "notice--bad" : ""}" role=${isBad ? "alert" : nothing}>
    ${icon(name)}
    <h2>${title}</h2>
    ${text ? html`<p>${text}</p>` : nothing}${act}
  </div>`;

/**
 * The switch by which operators have paused something, as the service's settings show it.
 * @param {State} state @param {"bets" | "deposits" | "withdrawals"} what
 */
const pausedBy = ({ platform }, what) => ["all", what].find((name) => platform?.paused.includes(name));

/**
 * Why something is off.
 * @param {State} state @param {"bets" | "deposits" | "withdrawals"} what
 * @param {string} off The words if it is not offered at all.
 */
export function offWords(state, what, off) {
  const by = pausedBy(state, what);
  return by ? t(/** @type {any} */ (`paused.${by}`)) : off;
}

/** Tells that operators have paused something; nothing while all is on. @param {State} state */
export function pausedBanner({ platform }) {
  const names = platform?.paused.includes("all") ? ["all"] : (platform?.paused ?? []);
  return names.length
    ? html`<div class="banner banner--warn" role="status">
        ${icon("info")}
        <p>${names.map((name) => html`${t(/** @type {any} */ (`paused.${name}`))} `)}</p>
      </div>`
    : nothing;
}

/** Reading changes nothing, so a lost answer leaves nothing open. @param {Problem} problem */
const readText = (problem) =>
  has(`problem.${problem.code}.read`) ? t(/** @type {any} */ (`problem.${problem.code}.read`)) : problemText(problem);

/** The line under a field or a button. @param {Problem | null | undefined} problem @param {string} id */
export const errorLine = (
  problem,
  id,
  words = problem ? problemText(problem) : "",
  link = /** @type {unknown} */ (nothing),
) =>
  problem
    ? html`<p class="error" id=${id}>${icon("alert", true)}<span>${words} ${link}${reference(problem)}</span></p>`
    : nothing;

/**
 * Support finds a request by its reference; it is shown where the player can do nothing themselves.
 * @param {Problem} problem
 */
export const reference = (problem) =>
  problem.status >= 500 && problem.code !== "switched-off" && problem.reference
    ? html`${t("reference")} <code class="mono">${problem.reference}</code>`
    : nothing;

/**
 * A view that could not be read: the problem, its reference, and a button to try again.
 * @param {Context} context @param {Problem} problem @param {string} title @param {string} key The load to repeat.
 */
export const failed = ({ act }, problem, title, key) =>
  html`<div class="card notice notice--bad" role="alert">
    ${icon("alert")}
    <h2>${title}</h2>
    <p>${readText(problem)}</p>
    <button class="button button--primary" type="button" @click=${() => act.load(key)}>${t("retry")}</button>
    ${
      problem.reference
        ? html`<p class="reference">
            ${t("reference")} <code>${problem.reference}</code>
            <button
              class="inline-button"
              type="button"
              aria-label=${t("copy.of", { name: t("reference") })}
              @click=${() => act.copy(problem.reference ?? "")}
            >
              ${t("copy")}
            </button>
          </p>`
        : nothing
    }
  </div>`;

/**
 * The content of a load, or its loading or failed state. Loaded content stays while it is read again.
 * @param {Context} context @param {string} key @param {boolean} isThere @param {string} title
 * @param {() => unknown} content
 */
export function loaded(context, key, isThere, title, content) {
  const load = context.state.loads[key];
  if (isThere) return content();
  if (load?.status === "failed" && load.problem) return failed(context, load.problem, title, key);
  return load?.status === "ready" ? content() : loading();
}

/**
 * The button of a form. Without a connection it says that it waits; it can still be focused and says why.
 * @param {Context} context
 * @param {{ label: string, busyLabel: string, isBusy: boolean, isClosed?: boolean, kind?: string, why?: string,
 *   whyId?: string }} button
 */
export function submit(
  { state },
  { label, busyLabel, isBusy, isClosed = false, kind = "button--primary", why, whyId = "submit-why" },
) {
  const isOff = state.link.kind === "off";
  const isDisabled = isBusy || isOff || isClosed;
  return html`<button
      class="button ${kind} button--large button--wide"
      aria-disabled=${isDisabled ? "true" : nothing}
      aria-describedby=${isOff || why ? whyId : nothing}
      @click=${(/** @type {Event} */ event) => isDisabled && event.preventDefault()}
    >
      ${isBusy ? busyLabel : label}
    </button>
    ${isOff || why ? html`<p class="hint" id=${whyId}>${isOff ? t("bet.offline") : why}</p>` : nothing}`;
}
