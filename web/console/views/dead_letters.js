// Dead letters: jobs that were given up. They are read on demand, since reading hides them from others for a while.

import { html, nothing } from "../../shared/html.js";
import { errorLine } from "../../player/parts/basics.js";
import { hashOf } from "../../shared/router.js";
import { wayOutAct } from "../acts/index.js";
import { actButton, badge, facts, labelled, loaded, nothingHere, time, view } from "../parts/basics.js";
import { table } from "../parts/table.js";
import { letterQuery } from "../routes.js";
import { named, said, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

const FILTERS = /** @type {const} */ (["queue", "type", "about", "error"]);

/** @param {Context} context */
export function deadLettersView(context) {
  const { route } = context.state;
  const { id } = route;
  const key = `letters:${letterQuery(route)}`;
  if (id) {
    const back = html`<a href=${hashOf("dead-letters")}>${t("letters.back")}</a>`;
    return view(
      "dead-letters",
      { note: back },
      loaded(context, `letter:${id}`, (letter) => one(context, letter)),
    );
  }
  return view(
    "dead-letters",
    {},
    html`${filter(context, key)} ${loaded(context, key, (found) => listed(context, found))}`,
  );
}

/** @param {Context} context @param {string} key */
function filter({ state, act }, key) {
  const { query } = state.route;
  const isBusy = state.loads[key]?.status === "loading" && key in state.data;
  return html`<form
    class="card"
    aria-label=${t("letters.filter")}
    @submit=${(/** @type {SubmitEvent} */ event) => {
      event.preventDefault();
      const values = Object.fromEntries(new FormData(/** @type {HTMLFormElement} */ (event.target)).entries());
      const next = hashOf(
        "dead-letters",
        null,
        /** @type {Record<string, string>} */ (
          Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""))
        ),
      );
      if (location.hash === next) act.load(key);
      else location.hash = next;
    }}
  >
    <div class="field-row field-row--filter">
      ${FILTERS.map(
        (name) =>
          html`<div class="field">
            <label for="filter-${name}">${t(`letters.${name}`)}</label>
            <input
              class="input"
              id="filter-${name}"
              name=${name}
              autocomplete="off"
              spellcheck="false"
              value=${query[name] ?? ""}
            />
          </div>`,
      )}
      <button class="button button--primary" aria-busy=${isBusy ? "true" : nothing}>${t("letters.read")}</button>
    </div>
  </form>`;
}

/** @param {Context} context @param {{ data: any[], matched: string, unseen: string }} found */
function listed(context, { data, matched, unseen }) {
  const { state, act } = context;
  if (data.length === 0) {
    return nothingHere(
      t("letters.none"),
      unseen === "0" ? t("letters.none.text") : t("letters.unseen", { count: unseen }),
    );
  }
  const { marked, route, forms } = state;
  const isAll = marked.length === data.length;
  const filterFields = Object.fromEntries(
    FILTERS.filter((name) => route.query[name]).map((name) => [name, route.query[name]]),
  );
  const isFiltered = Object.keys(filterFields).length > 0;
  const subject = { ids: marked, count: String(marked.length) };
  return html`<div class="card card--flush">
    <div class="card-head">
      <div class="line">
        <label class="check">
          <input
            type="checkbox"
            .checked=${isAll}
            aria-label=${t("letters.markAll", { count: String(data.length) })}
            @change=${() => act.mark(isAll ? [] : data.map(({ id }) => id))}
          />
          ${t("letters.marked", { count: String(marked.length) })}
        </label>
        ${
          marked.length
            ? html`${actButton(context, "marked.redrive", subject)} ${actButton(context, "marked.delete", subject)}`
            : nothing
        }
      </div>
      ${
        isFiltered
          ? html`<div class="line">
              ${allButton(context, "redrive", filterFields)} ${allButton(context, "delete", filterFields)}
            </div>`
          : html`<p class="small muted">${t("letters.filterFirst")}</p>`
      }
    </div>
    ${forms.count?.problem ? html`<div class="pad">${errorLine(forms.count.problem, "count-error")}</div>` : nothing}
    ${table({
      label: t("nav.dead-letters"),
      rows: data,
      id: ({ id }) => id,
      columns: [
        { label: t("letters.mark"), kind: "mark", cell: (letter) => mark(context, letter) },
        {
          label: t("queues.queue"),
          kind: "lead",
          cell: ({ id, queue, jobType }) =>
            html`<a href=${hashOf("dead-letters", id)}>${queue}</a
              >${jobType && jobType !== queue ? html` <small class="muted">${jobType}</small>` : nothing}`,
        },
        { label: t("letters.failedAt"), cell: ({ failedAt }) => time(failedAt) },
        { label: t("letters.attempts"), kind: "num", cell: ({ attempts }) => attempts },
        {
          label: t("letters.error"),
          kind: "wide",
          cell: ({ error, jobId }) =>
            html`${error}${
              jobId ? html`<br /><span class="muted tiny mono">${t("letters.job", { id: jobId })}</span>` : nothing
            }`,
        },
        { label: t("letters.now"), cell: ({ now }) => standing(now) },
        { label: t("letters.acts"), kind: "acts", cell: (letter) => acts(context, letter) },
      ],
    })}
    <div class="table-foot">
      <span
        >${t("letters.shown", { count: String(data.length), matched })}
        ${unseen === "0" ? nothing : t("letters.unseen", { count: unseen })}</span
      >
    </div>
  </div>`;
}

/**
 * The button of an act on all that match, which are counted first.
 * @param {Context} context @param {"redrive" | "delete"} action @param {Record<string, string>} filter
 */
function allButton({ state, act }, action, filter) {
  const { busy = false, values = {} } = state.forms.count ?? {};
  return html`<button
    class="button"
    type="button"
    aria-disabled=${busy ? "true" : nothing}
    aria-busy=${busy && values.action === action ? "true" : nothing}
    @click=${() => void act.askAll(action, filter)}
  >
    ${busy && values.action === action ? t("letters.counting") : said(`letters.${action}All`)}
  </button>`;
}

/** @param {Context} context @param {any} letter */
function mark({ state, act }, { id, queue }) {
  const isMarked = state.marked.includes(id);
  const next = isMarked ? state.marked.filter((one) => one !== id) : [...state.marked, id];
  return html`<input
    type="checkbox"
    .checked=${isMarked}
    aria-label=${t("letters.markOne", { queue, id: id.slice(-6) })}
    @change=${() => act.mark(next)}
  />`;
}

/** @type {Record<string, "action" | "bad" | "outline" | "warn">} */
const REDRIVES = { due: "action", done: "outline", repeats: "warn", fails: "bad", unknown: "warn" };

/**
 * The state of the table now, and the effect of sending the job again.
 * @param {{ state: string, redrive: string }} now
 */
const standing = ({ state, redrive }) =>
  html`<span class="state-cell"
    ><span>${state}</span>${badge(REDRIVES[redrive] ?? "outline", named("redrive", redrive))}</span
  >`;

/** @param {Context} context @param {any} letter */
function acts(context, { id, queue, now, jobId }) {
  const about = `${queue}, ${id.slice(-6)}`;
  const subject = { id, queue, state: now.state, effect: said(`redrive.${now.redrive}.text`) };
  return html`${jobId ? actButton(context, "letter.redrive", subject, { about }) : nothing}
  ${actButton(context, "letter.delete", subject, { about })}`;
}

/** @param {Context} context @param {any} full */
function one(context, full) {
  const { letter } = full;
  const { wayOut } = letter.now;
  const way = wayOut ? wayOutAct(wayOut) : null;
  return html`<section class="card stack" aria-labelledby="letter-title">
      <div class="line line--apart">
        <h2 id="letter-title">
          ${letter.queue}${letter.jobType && letter.jobType !== letter.queue ? `, ${letter.jobType}` : ""}
        </h2>
        ${badge("outline", named("letter.kind", letter.kind))}
      </div>
      <p class="error-text">${letter.error}</p>
      ${facts([
        [t("letters.failedAt"), time(letter.failedAt)],
        [t("letters.attempts"), letter.attempts],
        [t("letters.now"), standing(letter.now)],
        [t("letters.effect"), said(`redrive.${letter.now.redrive}.text`)],
        [t("letters.group"), html`<span class="mono">${full.group}</span>`],
        [t("letters.request"), letter.requestId && html`<span class="mono">${letter.requestId}</span>`],
      ])}
      <div class="line">${acts(context, letter)}</div>
    </section>
    ${
      wayOut
        ? html`<section class="card stack stack--8" aria-labelledby="way-title">
            <h2 id="way-title">${t("letters.wayOut")}</h2>
            <p class="small">${t("letters.wayOut.text")}</p>
            ${
              way
                ? html`<div class="line">${actButton(context, way.act, way.subject)}</div>`
                : html`<code class="mono">${wayOut}</code>`
            }
          </section>`
        : nothing
    }
    <section class="card stack stack--8" aria-labelledby="job-title">
      <h2 id="job-title">${t("letters.body")}</h2>
      ${labelled(context, [
        [t("letters.jobId"), letter.jobId],
        [t("letters.messageId"), full.messageId],
      ])}
      <pre class="code" tabindex="0">${full.originalJob}</pre>
    </section>`;
}
