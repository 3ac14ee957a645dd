// The audit log of a day: its lines, a filter, and whether they follow each other, computed in this browser.

import { html, live, nothing } from "../../shared/html.js";
import { icon } from "../../player/parts/basics.js";
import { hashOf } from "../../shared/router.js";
import { sheetOf } from "../../shared/sheet.js";
import { loaded, nothingHere, time, view } from "../parts/basics.js";
import { person } from "../parts/person.js";
import { table } from "../parts/table.js";
import { said, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */
/** @typedef {Record<string, string>} Line */

const FIELDS = ["number", "at", "actor", "action", "subject", "reason", "before", "after", "previousHash", "hash"];

/** Today in UTC, the days of the log. @param {number} now Milliseconds */
const today = (now) => new Date(now).toISOString().slice(0, 10);

/** @param {Context} context */
export function auditView(context) {
  const { state, now } = context;
  const key = `audit:${state.route.id ?? ""}`;
  const day = state.data[key]?.day || (state.route.id ?? today(now));
  return view(
    "audit",
    { act: filter(context, day) },
    loaded(context, key, (log) =>
      log.items.length
        ? html`${chain(log)} ${lines(context, day, log)}`
        : nothingHere(t("audit.none"), t("audit.none.text")),
    ),
  );
}

/** @param {Context} context @param {string} day */
function filter({ state, act, now }, day) {
  const { text = "" } = state.forms.audit?.values ?? {};
  return html`<div class="find">
    <label class="label" for="audit-day">${t("audit.day")}</label>
    <input
      class="input"
      type="date"
      id="audit-day"
      max=${today(now)}
      .value=${live(day)}
      @change=${(/** @type {Event} */ event) =>
        (location.hash = hashOf("audit", /** @type {HTMLInputElement} */ (event.target).value || null))}
    />
    <label class="label" for="audit-text">${t("audit.filter")}</label>
    <input
      class="input"
      type="search"
      id="audit-text"
      autocomplete="off"
      .value=${live(text)}
      @input=${(/** @type {Event} */ event) =>
        act.type("audit", { text: /** @type {HTMLInputElement} */ (event.target).value })}
    />
  </div>`;
}

/**
 * @param {{ items: Line[], isWhole: boolean, chain: { count: number, wrong: { number: string,
 *   why: string } | null } }} log
 */
const chain = ({ items, isWhole, chain }) =>
  html`<div class="verdict ${chain.wrong ? "verdict--bad" : ""}">
    ${icon(chain.wrong ? "alert" : "check")}
    <p>
      ${
        chain.wrong
          ? t("audit.broken", { number: chain.wrong.number })
          : t("audit.whole", { count: String(chain.count) })
      }
      <small
        >${
          chain.wrong
            ? said(`audit.why.${chain.wrong.why}`)
            : t("audit.whole.text", { first: items[0].number, last: items[items.length - 1].number })
        }</small
      >
      ${isWhole ? nothing : html`<small>${t("audit.more")}</small>`}
    </p>
  </div>`;

/**
 * Lines are found by the name of their actor, too.
 * @param {import("../types.d.ts").State} state @param {Line} line @param {string} text
 */
const hasText = ({ people }, line, text) =>
  [
    people[line.actor] ?? "",
    ...["actor", "action", "subject", "reason", "before", "after"].map((field) => line[field]),
  ].some((part) => part.toLowerCase().includes(text.toLowerCase()));

/** @param {Context} context @param {string} day @param {{ items: Line[] }} log */
function lines(context, day, { items }) {
  const { state } = context;
  const text = state.forms.audit?.values.text ?? "";
  const shown = items.filter((line) => hasText(state, line, text)).reverse();
  return html`<div class="card card--flush">
    <div class="card-head">
      <p class="small">${t("audit.shown", { count: String(shown.length), all: String(items.length) })}</p>
      <button class="button" type="button" @click=${() => download(day, items)}>${t("audit.download")}</button>
    </div>
    ${
      shown.length === 0
        ? html`<p class="pad small muted">${t("audit.noneFit")}</p>`
        : table({
            label: t("nav.audit"),
            rows: shown,
            id: ({ number }) => number,
            columns: [
              { label: t("audit.number"), kind: "lead", cell: ({ number }) => number },
              { label: t("audit.at"), cell: ({ at }) => time(at) },
              { label: t("audit.actor"), cell: ({ actor }) => (/^\d+$/.test(actor) ? person(context, actor) : actor) },
              { label: t("audit.action"), cell: ({ action }) => action },
              {
                label: t("audit.subject"),
                kind: "wide",
                cell: ({ subject }) => html`<span class="mono">${subject}</span>`,
              },
              {
                label: t("audit.reason"),
                kind: "wide",
                cell: ({ reason }) => reason || html`<span class="muted">–</span>`,
              },
              { label: t("audit.change"), kind: "wide", cell: change },
              {
                label: t("audit.hash"),
                cell: ({ hash }) => html`<span class="mono mono--short" title=${hash}>${hash.slice(0, 8)}</span>`,
              },
            ],
          })
    }
  </div>`;
}

/** @param {Line} line */
const change = ({ before, after }) =>
  html`<span
    >${before || "–"} <span class="muted" aria-hidden="true">→</span
    ><span class="hidden-text"> ${t("audit.to")} </span> ${after || "–"}</span
  >`;

/** @param {string} day @param {Line[]} items */
function download(day, items) {
  const rows = [FIELDS, ...items.map((line) => FIELDS.map((field) => line[field]))];
  const file = URL.createObjectURL(new Blob([sheetOf(rows)], { type: "text/csv;charset=utf-8" }));
  const link = Object.assign(document.createElement("a"), { href: file, download: `audit-${day}.csv` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(file), 1_000);
}
