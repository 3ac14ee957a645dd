// Small parts that every view of the console uses.

import { html, nothing } from "../../shared/html.js";
import { icon, loading, notice } from "../../player/parts/basics.js";
import { problemText } from "../../player/problem_text.js";
import { money, when } from "../../player/texts.js";
import { inFours } from "../../shared/hex.js";
import { mayAct } from "../acts/index.js";
import { age, said, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Problem} Problem */

/** @param {string | null | undefined} at RFC 3339 */
export const time = (at) => (at ? html`<time datetime=${at}>${when(at)}</time>` : html`<span class="muted">–</span>`);

/** The time since a moment. @param {Context} context @param {string | null | undefined} since RFC 3339 */
export const aged = ({ now }, since) =>
  since ? html`<time datetime=${since}>${age(since, now)}</time>` : html`<span class="muted">–</span>`;

/** The currency of all amounts, once it is known. @param {Context} context */
export const currencyOf = ({ state }) => state.platform?.currency ?? "";

/** An amount with its currency. @param {Context} context @param {string} amount */
export const coins = (context, amount) => html`${money(amount)} <small class="muted">${currencyOf(context)}</small>`;

/** @param {"good" | "warn" | "bad" | "action" | "outline" | ""} kind @param {unknown} words */
export const badge = (kind, words) =>
  html`<span class="badge ${kind && `badge--${kind}`}">
    ${kind === "good" ? icon("check", true) : kind === "warn" || kind === "bad" ? icon("alert", true) : nothing}${words}
  </span>`;

/**
 * A long value with its copy button; a hash is shown in fours.
 * @param {Context} context @param {string} value @param {string} name
 */
export const copied = ({ act }, value, name, isHash = false) =>
  html`<div class="hash">
    <code>${isHash ? inFours(value) : value}</code>
    <button class="inline-button" type="button" aria-label=${t("copy.of", { name })} @click=${() => act.copy(value)}>
      ${t("copy")}
    </button>
  </div>`;

/**
 * Ids under their names, each with its copy button.
 * @param {Context} context @param {[string, string | null | undefined][]} ids
 */
export const labelled = (context, ids) =>
  ids
    .filter(([, value]) => value)
    .map(
      ([name, value]) =>
        html`<div>
          <p class="small muted">${name}</p>
          ${copied(context, value ?? "", name)}
        </div>`,
    );

/**
 * The button of an act; nothing for roles that may not act.
 * @param {Context} context @param {string} name @param {Record<string, any>} subject
 * @param {{ kind?: string, label?: string, about?: string, values?: Record<string, string> }} [options] `about`: tells
 *   buttons of a table apart.
 */
export function actButton({ state, act }, name, subject, { kind = "", label, about, values } = {}) {
  if (!mayAct(name, state.session.user?.role)) return nothing;
  const words = label ?? said(`act.${name}.verb`, subject);
  return html`<button
    class="button ${kind}"
    type="button"
    aria-label=${about ? `${words}: ${about}` : nothing}
    @click=${() => act.ask(name, subject, values)}
  >
    ${words}
  </button>`;
}

/**
 * A part that could not be read: the problem, its reference, and a button to try again.
 * @param {Context} context @param {Problem} problem @param {string} key The load to repeat.
 */
export const failed = ({ act }, problem, key) =>
  html`<div class="card notice notice--bad" role="alert">
    ${icon("alert")}
    <h2>${problem.code === "not-found" ? t("console.missing") : t("console.failed")}</h2>
    <p>${problemText(problem)}</p>
    <button class="button" type="button" @click=${() => act.load(key)}>${t("retry")}</button>
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
 * @param {Context} context @param {string} key @param {(data: any) => unknown} content
 */
export function loaded(context, key, content) {
  const { data, loads } = context.state;
  if (key in data && data[key] !== null) return content(data[key]);
  const load = loads[key];
  return load?.status === "failed" && load.problem ? failed(context, load.problem, key) : loading();
}

/**
 * The frame of a view.
 * @param {string} name
 * @param {{ note?: unknown, act?: unknown, isCase?: boolean, isDecision?: boolean, isOne?: boolean }} head
 * @param {unknown} content
 */
export const view = (
  name,
  { note = nothing, act = nothing, isCase = false, isDecision = false, isOne = false },
  content,
) =>
  html`<section
    class="view ${isCase ? "view--case" : ""} ${isDecision ? "view--decide" : ""} ${isOne ? "view--one" : ""}"
    aria-labelledby="view-title"
  >
    <div class="view-head">
      <h1 id="view-title" tabindex="-1">${said(`nav.${name}`)}</h1>
      <div class="line">${note}${act}</div>
    </div>
    ${content}
  </section>`;

/** @param {string} title @param {unknown} content @param {unknown} [head] */
export const card = (title, content, head = nothing) =>
  html`<section class="card stack stack--8" aria-label=${title}>
    <div class="card-head">
      <h2>${title}</h2>
      ${head}
    </div>
    ${content}
  </section>`;

/** Pairs of a label and a value; empty ones are left out. @param {[string, unknown][]} pairs */
export const facts = (pairs) =>
  html`<dl class="facts">
    ${pairs
      .filter(([, value]) => value !== null && value !== undefined && value !== "")
      .map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
  </dl>`;

/** @param {string} title @param {string} [text] */
export const nothingHere = (title, text) => notice({ title, text });

/**
 * The states of a list as segments.
 * @param {string} label @param {{ href: string, label: string, isCurrent: boolean }[]} segments
 */
export const segments = (label, segments) =>
  html`<nav class="segments segments--short" aria-label=${label}>
    ${segments.map(
      ({ href, label, isCurrent }) =>
        html`<a class="segment" href=${href} aria-current=${isCurrent ? "page" : nothing}>${label}</a>`,
    )}
  </nav>`;
