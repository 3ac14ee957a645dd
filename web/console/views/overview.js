// Overview: health, and what needs the reader now. Each row leads to the view that clears it.

import { html, nothing } from "../../vendor/lit-html.js";
import { icon, loading } from "../../player/parts/basics.js";
import { clock } from "../../player/texts.js";
import { add } from "../../shared/money.js";
import { hashOf } from "../../shared/router.js";
import { badge, currencyOf, view } from "../parts/basics.js";
import { brief, stat } from "../parts/stat.js";
import { paused, switchesCard } from "../parts/switches.js";
import { charts, lastMinute, totals } from "../parts/traffic.js";
import { roleOf } from "../roles.js";
import { today } from "../routes.js";
import { age, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */
/** @typedef {import("../parts/stat.js").Stat} Stat */
/** @typedef {{ title: string, count: number | string, text: string, href: string, kind: "bad" | "warn" | "" }} Need */

/** @param {Context} context */
export function overviewView(context) {
  const { state } = context;
  const role = roleOf(state.session.user?.role ?? "");
  const shown = { operator, cashier: orders, auditor };
  const { stats, needs } = role ? shown[role](context) : { stats: [], needs: [] };
  const waits = needs.filter(({ count }) => count !== 0 && count !== "0");
  return view(
    "overview",
    { note: html`${health(state.data.health, state.loads.health?.status === "failed")}${paused(state.data.switches)}` },
    html`${stats.length ? html`<dl class="card card--flush grid grid--stats">${stats.map(stat)}</dl>` : loading()}
      ${role === "operator" ? charts(context) : nothing}
      <section class="stack stack--8" aria-labelledby="needs-title">
        <h2 id="needs-title">${t("overview.needs")}</h2>
        ${waits.length
          ? html`<ul class="card needs">
              ${waits.map(need)}
            </ul>`
          : html`<p class="card small muted">${t("overview.nothing")}</p>`}
      </section>
      ${switchesCard(context, state.data.switches)}
      ${role === "operator" && state.data.traffic ? sinceStart(state.data.traffic.total, currencyOf(context)) : nothing}`,
  );
}

/** The traffic that the answering process has counted. @param {import("../parts/traffic.js").Span} total @param {string} currency */
const sinceStart = (total, currency) => html`<section class="stack stack--8" aria-labelledby="totals-title">
  <h2 id="totals-title">${t("traffic.since", { time: clock(total.from) })}</h2>
  <dl class="card card--flush grid grid--stats">${totals(total, currency).map(stat)}</dl>
</section>`;

/** @param {{ healthy: boolean, table: boolean, queues: boolean, jackpots: boolean } | undefined} body @param {boolean} isUnread */
function health(body, isUnread) {
  if (!body) return isUnread ? badge("bad", t("overview.unread")) : nothing;
  if (body.healthy) return badge("good", t("overview.healthy"));
  const names = /** @type {const} */ (["table", "queues", "jackpots"]).filter((name) => !body[name]);
  return badge("bad", t("overview.unhealthy", { parts: names.map((name) => t(`overview.${name}`)).join(", ") }));
}

/** @param {Need} one */
const need = ({ title, count, text, href, kind }) => html`<li>
  <a class="need" href=${href}>
    <b>${title}</b>
    <span class="badge ${kind && `badge--${kind}`}">${kind ? icon("alert", true) : nothing}${count}</span>
    <span>${text}</span>
  </a>
</li>`;

/** The earliest of some moments. @param {(string | null | undefined)[]} moments */
const earliest = (moments) => moments.filter((moment) => moment != null).sort((one, other) => Date.parse(one) - Date.parse(other))[0] ?? null;

/** @param {string[]} numbers */
const sum = (numbers) => numbers.reduce((total, number) => total + BigInt(number), 0n);

/** The size of a list that may have further pages. @param {{ items: unknown[], next: string | null }} list */
const sizeOf = ({ items, next }) => (next ? `${items.length}+` : items.length);

/** @param {Context} context */
function operator(context) {
  const { state: { data }, now } = context;
  const { queues, proposals } = data;
  const [rounds, stuck] = [data["rounds:open"], data["rounds:unfinished"]];
  const since = (/** @type {string | null} */ at) => (at ? age(at, now) : "–");
  const unfinished = (/** @type {string} */ name) => since(queues.find((/** @type {any} */ one) => one.queue === name)?.oldestUnfinishedAt ?? null);
  const dead = queues ? sum(queues.map((/** @type {any} */ one) => one.deadLetters)) : 0n;
  /** @type {Stat[]} */
  const stats = queues
    ? [
        ...(data.traffic ? lastMinute(data.traffic.lastMinute, currencyOf(context)) : []),
        {
          label: t("overview.waiting"),
          value: sum(queues.map((/** @type {any} */ one) => one.waiting)).toString(),
          unit: t("overview.inFlight", { count: sum(queues.map((/** @type {any} */ one) => one.inFlight)).toString() }),
        },
        { label: t("overview.dead"), value: dead.toString(), isWarn: dead > 0n },
        { label: t("overview.openBet"), value: unfinished("match") },
        { label: t("overview.match"), value: unfinished("settle") },
        { label: t("overview.rounds"), value: rounds ? sizeOf(rounds) : "–" },
        { label: t("overview.sockets"), value: data.sockets ? sum(data.sockets.roles.map((/** @type {any} */ one) => one.count)).toString() : "–" },
      ]
    : [];
  const oldest = queues ? earliest(queues.map((/** @type {any} */ one) => one.oldestDeadLetterAt)) : null;
  const proposed = proposals ? [...proposals.wins, ...proposals.terms] : [];
  /** @type {Need[]} */
  const needs = [
    { title: t("nav.dead-letters"), count: dead.toString(), text: oldest ? t("overview.dead.text", { time: clock(oldest) }) : t("overview.dead.some"), href: hashOf("dead-letters"), kind: "bad" },
    { title: t("overview.unfinished"), count: stuck ? sizeOf(stuck) : 0, text: t("overview.unfinished.text"), href: hashOf("rounds", null, { state: "unfinished" }), kind: "warn" },
    { title: t("overview.proposals"), count: proposed.length, text: t("overview.proposals.text"), href: hashOf("jackpots"), kind: "" },
  ];
  return { stats, needs };
}

/** Orders that wait for a cashier, with their sum and their age. @param {{ items: any[], next: string | null } | undefined} list @param {number} now */
function waiting(list, now) {
  if (!list) return { count: 0, sum: "–", oldest: "–" };
  const since = earliest(list.items.map(({ createdAt }) => createdAt));
  return { count: sizeOf(list), sum: brief(add("0", ...list.items.map(({ amount }) => amount))), oldest: since ? age(since, now) : "–" };
}

/** The orders that wait for cashiers. @param {Context} context */
function orders(context) {
  const { state: { data }, now } = context;
  const unit = currencyOf(context);
  const [held, unclaimed] = [waiting(data["withdrawals:held"], now), waiting(data["deposits:unclaimed"], now)];
  /** @type {Stat[]} */
  const stats = [
    { label: t("overview.held"), value: held.count, isWarn: held.count !== 0 },
    { label: t("overview.held.sum"), value: held.sum, unit },
    { label: t("overview.held.oldest"), value: held.oldest },
    { label: t("overview.unclaimed"), value: unclaimed.count, isWarn: unclaimed.count !== 0 },
    { label: t("overview.unclaimed.sum"), value: unclaimed.sum, unit },
    { label: t("overview.unclaimed.oldest"), value: unclaimed.oldest },
  ];
  /** @type {Need[]} */
  const needs = [
    { title: t("overview.held"), count: held.count, text: t("overview.held.text", { sum: `${held.sum} ${unit}`, oldest: held.oldest }), href: hashOf("withdrawals"), kind: "warn" },
    { title: t("overview.unclaimed"), count: unclaimed.count, text: t("overview.unclaimed.text", { sum: `${unclaimed.sum} ${unit}`, oldest: unclaimed.oldest }), href: hashOf("deposits"), kind: "warn" },
  ];
  return { stats, needs };
}

/** @param {Context} context */
function auditor(context) {
  const { stats } = orders(context);
  const { data } = context.state;
  const log = data[`audit:${today(context.now)}`];
  const reports = data.reconciliations?.data ?? [];
  const differing = reports.filter((/** @type {any} */ { counts }) => Object.keys(counts).length > 0);
  /** @type {Need[]} */
  const own = [
    { title: t("overview.log"), count: log?.chain.wrong ? 1 : 0, text: t("overview.log.text"), href: hashOf("audit"), kind: "bad" },
    { title: t("overview.differences"), count: differing.length, text: t("overview.differences.text"), href: hashOf("reconciliation"), kind: "warn" },
  ];
  // Orders wait for cashiers, not for auditors.
  const records = [
    { label: t("overview.lines"), value: log ? log.items.length : "–" },
    { label: t("overview.reports"), value: reports.length },
  ];
  return { stats: [...stats.filter((_, index) => index % 3 !== 1), ...records], needs: own };
}
