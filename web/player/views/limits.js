// Limits: what the player may deposit, stake and lose, a reminder of the playing time, and a break from all play.

import { html, live, nothing, repeat } from "../../shared/html.js";
import { EMPTY_FORM } from "../../shared/reduce.js";
import { hashOf } from "../../shared/router.js";
import { percent } from "../../shared/money.js";
import { money, t, when, whenSet } from "../texts.js";
import { errorLine, icon, loaded, submit } from "../parts/basics.js";
import { textField } from "../parts/amount_field.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Limit} Limit */
/** @typedef {import("../../shared/types.d.ts").Limits} Limits */

/** From this share of a limit on, its bar stands out, in per cent. */
const HIGH = 80;
/** Minutes between two reminders that can be chosen. */
const MINUTES = ["15", "30", "60", "120", "240"];

/** @param {Context} context */
export function limitsView(context) {
  const { state } = context;
  return html`<section class="view" aria-labelledby="view-title">
    <div class="view-head">
      <h1 id="view-title" tabindex="-1">${t("limits.title")}</h1>
      <a href=${hashOf("wallet")}>${t("limits.back")}</a>
    </div>
    <p class="lead muted">${t("limits.lead")}</p>
    ${loaded(context, "limits", state.limits !== null, t("limits.failed"), () =>
      state.limits ? amounts(context, state.limits) : nothing,
    )}
    <div class="grid grid--2">
      ${state.limits ? reminder(context, state.limits) : nothing}
      ${loaded(context, "exclusion", state.exclusion !== null, t("exclusion.failed"), () =>
        state.exclusion?.isExcluded ? excluded(context) : exclusion(context),
      )}
    </div>
  </section>`;
}

/** @param {Context} context @param {Limits} limits */
function amounts(context, { limits }) {
  const kinds = [...new Set(limits.map(({ kind }) => kind))];
  return html`<div class="grid grid--3">
    ${kinds.map(
      (kind) =>
        html`<section class="card stack" aria-labelledby="limit-${kind}">
          <div>
            <h2 id="limit-${kind}">${t(/** @type {any} */ (`limits.${kind}`))}</h2>
            <p class="hint limit-note">${t(/** @type {any} */ (`limits.${kind}.note`))}</p>
          </div>
          <ul class="rows rows--limits">
            ${repeat(
              limits.filter((limit) => limit.kind === kind),
              ({ limitId }) => limitId,
              (limit) => row(context, limit),
            )}
          </ul>
        </section>`,
    )}
  </div>`;
}

/** @param {Context} context @param {Limit} limit */
function row(context, limit) {
  const { act } = context;
  const period = t(/** @type {any} */ (`limits.period.${limit.period}`));
  const most = limit.limit ?? null;
  const used = most === null ? 0 : percent(limit.used, most);
  const kind = t(/** @type {any} */ (`limits.${limit.kind}`));
  return html`<li>
    <div class="stack stack--8">
      <div class="line line--apart">
        <h3>${period}</h3>
        <button
          class="inline-button inline-button--end"
          type="button"
          @click=${() => act.ask({ name: "limit", id: limit.limitId })}
        >
          ${t(most === null ? "limits.set" : "limits.change")}<span class="hidden-text">
            ${t("limits.dialog", { kind, period })}</span
          >
        </button>
      </div>
      ${
        most === null
          ? html`<p class="small muted">${t("limits.none", { used: money(limit.used) })}</p>`
          : html`<progress
                class=${used >= HIGH ? "progress--warn" : nothing}
                max="100"
                value=${used}
                aria-label=${t("limits.used", { used: money(limit.used), limit: money(most) })}
              ></progress>
              <p class="small limit-sums">
                <span
                  ><b class="amount">${money(limit.left ?? "0")}</b>
                  <span class="muted">${t("limits.left")}</span></span
                >
                <span class="muted">${t("limits.of", { limit: money(most) })}</span>
              </p>`
      }
      ${
        limit.countedSince
          ? html`<p class="hint">${t("limits.since", { time: whenSet(limit.countedSince) })}</p>`
          : nothing
      }
      ${limit.wanted ? wanted(context, limit, limit.wanted) : nothing}
    </div>
  </li>`;
}

/**
 * A higher limit that was asked for: it counts once it is confirmed.
 * @param {Context} context @param {Limit} limit @param {NonNullable<Limit["wanted"]>} asked
 */
function wanted({ state, act, now }, limit, asked) {
  const form = state.forms[`wanted:${limit.limitId}`] ?? EMPTY_FORM;
  const amount = asked.limit ? money(asked.limit) : t("limits.noLimit");
  const isReady = Date.parse(asked.from) <= now;
  return html`<div class="banner">
    ${icon("clock")}
    <p>
      ${t(isReady ? "limits.wanted.ready" : "limits.wanted", {
        amount,
        time: when(isReady ? asked.until : asked.from),
      })}
    </p>
    <div class="line">
      ${
        isReady
          ? html`<button class="button button--primary" type="button" @click=${() => act.confirmLimit(limit)}>
              ${t("limits.confirm")}
            </button>`
          : nothing
      }
      <button class="button" type="button" @click=${() => act.keepLimit(limit)}>${t("limits.keep")}</button>
    </div>
    ${errorLine(form.problem, `wanted-${limit.limitId}-error`)}
  </div>`;
}

/** @param {Context} context @param {Limits} limits */
function reminder({ state, act }, { realityCheck }) {
  const form = state.forms.reminder ?? EMPTY_FORM;
  const current = realityCheck.everyMinutes ?? "none";
  const choices = [...new Set(["none", ...MINUTES, current])];
  const name = (/** @type {string} */ minutes) =>
    minutes === "none" ? t("limits.reminder.none") : t("limits.reminder.every", { minutes });
  return html`<section class="card stack" aria-labelledby="reminder-title">
    <div>
      <h2 id="reminder-title">${t("limits.reminder")}</h2>
      <p class="hint">${t("limits.reminder.note")}</p>
    </div>
    <div class="field">
      <label for="reminder">${t("limits.reminder.label")}</label>
      <select
        class="input"
        id="reminder"
        .value=${live(current)}
        @change=${(/** @type {Event} */ event) =>
          act.setReminder(/** @type {HTMLSelectElement} */ (event.target).value)}
      >
        ${choices.map(
          (minutes) => html`<option value=${minutes} ?selected=${minutes === current}>${name(minutes)}</option>`,
        )}
      </select>
    </div>
    ${
      realityCheck.dueAt
        ? html`<p class="hint">${t("limits.reminder.due", { time: when(realityCheck.dueAt) })}</p>`
        : nothing
    }
    ${errorLine(form.problem, "reminder-error")}
  </section>`;
}

/** The form of a break. Its button asks once more. @param {Context} context */
function exclusion(context) {
  const { state, act } = context;
  const form = state.forms.exclude ?? EMPTY_FORM;
  const months = form.values.months ?? "";
  const { problem } = form;
  return html`<form
    class="card stack"
    aria-labelledby="exclusion-title"
    novalidate
    @submit=${(/** @type {Event} */ event) => {
      event.preventDefault();
      act.askExclusion(months);
    }}
  >
    <div>
      <h2 id="exclusion-title">${t("exclusion.title")}</h2>
      <p class="hint">${t("exclusion.lead")}</p>
    </div>
    <ul class="list list--plain small">
      <li>${t("exclusion.rule.1")}</li>
      <li>${t("exclusion.rule.2")}</li>
      <li>${t("exclusion.rule.3")}</li>
    </ul>
    ${textField(context, {
      form: "exclude",
      name: "months",
      inputmode: "numeric",
      label: t("exclusion.months"),
      value: months,
      hint: t("exclusion.months.hint"),
      problem,
      words: problem?.code === "not-months" ? t("exclusion.months.wrong") : undefined,
    })}
    ${submit(context, {
      label: t("exclusion.ask"),
      busyLabel: t("loading"),
      isBusy: form.busy,
      kind: "",
      whyId: "exclusion-why",
    })}
  </form>`;
}

/** The exclusion that holds. Its end has to be asked for. @param {Context} context */
function excluded(context) {
  const { state, act, now } = context;
  const form = state.forms.endExclusion ?? EMPTY_FORM;
  const { until, endsAt } = /** @type {NonNullable<Context["state"]["exclusion"]>} */ (state.exclusion);
  const canEnd = Boolean(until) && Date.parse(until ?? "") <= now && !endsAt;
  return html`<section class="card stack" aria-labelledby="exclusion-title">
    <h2 id="exclusion-title">${t("exclusion.title")}</h2>
    <div class="banner banner--warn">
      ${icon("lock")}
      <p>${until ? t("bet.excluded", { time: whenSet(until) }) : t("bet.excluded.open")}</p>
    </div>
    <p class="hint">${endsAt ? t("exclusion.ends", { time: when(endsAt) }) : t("exclusion.never")}</p>
    ${
      canEnd
        ? html`<button
            class="button"
            type="button"
            aria-disabled=${form.busy ? "true" : nothing}
            @click=${() => act.endExclusion()}
          >
            ${t("exclusion.end")}
          </button>`
        : nothing
    }
    ${errorLine(form.problem, "exclusion-error")}
  </section>`;
}
