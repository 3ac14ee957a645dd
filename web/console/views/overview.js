// Overview: what needs the reader now, worst first; then figures, charts and switches.

import { icon, loading } from "../../player/parts/basics.js";
import { clock } from "../../player/texts.js";
import { html, nothing } from "../../shared/html.js";
import { hashOf } from "../../shared/router.js";
import { isWaiting, needsOf, sizeOf, sum, waiting } from "../needs.js";
import { badge, currencyOf, view } from "../parts/basics.js";
import { stat } from "../parts/stat.js";
import { paused, switchesCard } from "../parts/switches.js";
import { charts, lastMinute, totals } from "../parts/traffic.js";
import { roleOf } from "../roles.js";
import { age, counted, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */
/** @typedef {import("../parts/stat.js").Stat} Stat */
/** @typedef {import("../needs.js").Need} Need */

/** @param {Context} context */
export function overviewView(context) {
  const { state, now } = context;
  const role = roleOf(state.session.user?.role ?? "");
  if (!role) return nothing;
  const stats = { operator, cashier, auditor }[role](context);
  return view(
    "overview",
    { note: html`${health(state.data.health, state.loads.health?.status === "failed")}${paused(state.data.switches)}` },
    html`${needs(needsOf(state, role, now))}
    ${stats.length ? html`<dl class="card card--flush grid grid--stats">${stats.map(stat)}</dl>` : loading()}
    ${role === "operator" ? charts(context) : nothing} ${switchesCard(context, state.data.switches)}
    ${role === "operator" && state.data.traffic ? sinceStart(state.data.traffic.total, currencyOf(context)) : nothing}`,
  );
}

/** @param {ReturnType<typeof needsOf>} found */
const needs = ({ needs, isWhole }) =>
  html`<section class="stack stack--8" aria-labelledby="needs-title">
    <h2 class="hidden-text" id="needs-title">${t("overview.needs")}</h2>
    ${
      needs.some(isWaiting)
        ? nothing
        : isWhole
          ? html`<p class="card small muted">${t("overview.nothing")}</p>`
          : loading()
    }
    ${
      needs.length
        ? html`<ul class="card needs">
            ${needs.map(need)}
          </ul>`
        : nothing
    }
  </section>`;

/** @type {Record<Need["kind"], string>} */
const ICONS = { bad: "alert", warn: "alert", "": "clock", note: "info", good: "check" };

/** @param {Need} one */
function need({ kind, title, count, text, href, part }) {
  const content = html`${icon(ICONS[kind], true)}<b>${title}</b><strong>${count}</strong><span>${text}</span>`;
  const name = `need ${kind && `need--${kind}`}`;
  if (!href && !part) return html`<li><div class=${name}>${content}</div></li>`;
  const go = (/** @type {Event} */ event) => part && show(event, part);
  return html`<li><a class=${name} href=${href ?? hashOf("overview")} @click=${go}>${content}</a></li>`;
}

/** Moves to a part of this view. @param {Event} event @param {string} part */
function show(event, part) {
  event.preventDefault();
  const shown = document.getElementById(part);
  shown?.scrollIntoView();
  shown?.focus({ preventScroll: true });
}

/**
 * The traffic that the answering process has counted.
 * @param {import("../parts/traffic.js").Span} total @param {string} currency
 */
const sinceStart = (total, currency) =>
  html`<section class="stack stack--8" aria-labelledby="totals-title">
    <h2 id="totals-title">${t("traffic.since", { time: clock(total.from) })}</h2>
    <dl class="card card--flush grid grid--stats">${totals(total, currency).map(stat)}</dl>
  </section>`;

/**
 * @param {{ healthy: boolean, table: boolean, queues: boolean, jackpots: boolean } | undefined} body
 * @param {boolean} isUnread
 */
function health(body, isUnread) {
  if (!body) return isUnread ? badge("bad", t("overview.unread")) : nothing;
  if (body.healthy) return badge("good", t("overview.healthy"));
  const names = /** @type {const} */ (["table", "queues", "jackpots"]).filter((name) => !body[name]);
  return badge("bad", t("overview.unhealthy", { parts: names.map((name) => t(`overview.${name}`)).join(", ") }));
}

/** @param {Context} context @returns {Stat[]} */
function operator(context) {
  const {
    state: { data },
    now,
  } = context;
  const { queues } = data;
  if (!queues) return [];
  const rounds = data["rounds:open"];
  const total = (/** @type {string} */ name) => sum(queues.map((/** @type {any} */ one) => one[name]));
  const unfinished = (/** @type {string} */ name) => {
    const at = queues.find((/** @type {any} */ one) => one.queue === name)?.oldestUnfinishedAt;
    return at ? age(at, now) : "–";
  };
  return [
    ...(data.traffic ? lastMinute(data.traffic.lastMinute, currencyOf(context)) : []),
    {
      label: t("overview.waiting"),
      value: counted(total("waiting")),
      unit: t("overview.inFlight", { count: counted(total("inFlight")) }),
    },
    { label: t("overview.dead"), value: counted(total("deadLetters")), isWarn: total("deadLetters") > 0n },
    { label: t("overview.openBet"), value: unfinished("match") },
    { label: t("overview.match"), value: unfinished("settle") },
    { label: t("overview.rounds"), value: rounds ? sizeOf(rounds) : "–" },
    {
      label: t("overview.sockets"),
      value: data.sockets ? counted(sum(data.sockets.roles.map((/** @type {any} */ one) => one.count))) : "–",
    },
  ];
}

/** The orders that wait for cashiers. @param {Context} context @returns {Stat[]} */
function cashier(context) {
  const {
    state: { data },
    now,
  } = context;
  const unit = currencyOf(context);
  const [held, unclaimed] = [waiting(data["withdrawals:held"], now), waiting(data["deposits:unclaimed"], now)];
  const isWarn = (/** @type {string} */ key) => (data[key]?.items.length ?? 0) > 0;
  return [
    { label: t("overview.held"), value: held.count, isWarn: isWarn("withdrawals:held") },
    { label: t("overview.held.sum"), value: held.sum, unit },
    { label: t("overview.held.oldest"), value: held.oldest },
    { label: t("overview.unclaimed"), value: unclaimed.count, isWarn: isWarn("deposits:unclaimed") },
    { label: t("overview.unclaimed.sum"), value: unclaimed.sum, unit },
    { label: t("overview.unclaimed.oldest"), value: unclaimed.oldest },
  ];
}

/**
 * The numbers and ages of orders, which wait for cashiers and not for auditors, and the size of the records.
 * @param {Context} context @returns {Stat[]}
 */
function auditor(context) {
  const { data } = context.state;
  const log = data["audit:"];
  return [
    ...cashier(context).filter((_, index) => index % 3 !== 1),
    { label: t("overview.lines"), value: log ? counted(String(log.items.length)) : "–" },
    { label: t("overview.reports"), value: data.reconciliations ? sizeOf(data.reconciliations) : "–" },
  ];
}
