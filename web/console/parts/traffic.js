// The traffic of the platform in Overview: the last minute, the totals, and charts of the last 24 hours.

import { html, nothing } from "../../shared/html.js";
import { notice } from "../../player/parts/basics.js";
import { money, whenSet } from "../../player/texts.js";
import { add } from "../../shared/money.js";
import { brief, counted, t } from "../texts.js";
import { currencyOf, failed } from "./basics.js";
import { chart } from "./chart.js";
import { table } from "./table.js";

/** @typedef {import("../types.d.ts").Context} Context */
/**
 * @typedef {{ from: string, to: string, bets: string, matches: string, requests: string, p50Micros: string | null,
 *   p99Micros: string | null, moneyMoved: { debit: string, credit: string, refund: string, payout: string } }} Span
 */

/** The length of a span in seconds. @param {Span} span */
const secondsOf = ({ from, to }) => Math.max((Date.parse(to) - Date.parse(from)) / 1000, 1);

/** A rate or a duration, with a decimal below 10. @param {number} value */
function short(value) {
  const decimals = value > 0 && value < 10 ? 1 : 0;
  return value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** @param {string} count @param {Span} span */
const rate = (count, span) => Number(count) / secondsOf(span);

/** Milliseconds. @param {string | null} micros */
const ms = (micros) => (micros === null ? null : Number(micros) / 1000);

/** @param {string | null} micros */
const duration = (micros) => (micros === null ? "–" : short(Number(micros) / 1000));

/** The sum of the money that moved. @param {Span} span */
const moved = ({ moneyMoved: { debit, credit, refund, payout } }) => add(debit, credit, refund, payout);

/** The figures of the last minute. @param {Span} span @param {string} currency @returns {import("./stat.js").Stat[]} */
export const lastMinute = (span, currency) => [
  { label: t("traffic.bets"), value: short(rate(span.bets, span)), unit: t("traffic.perSecond") },
  { label: t("traffic.matches"), value: short(rate(span.matches, span)), unit: t("traffic.perSecond") },
  { label: t("traffic.requests"), value: short(rate(span.requests, span)), unit: t("traffic.perSecond") },
  { label: t("traffic.p50"), value: duration(span.p50Micros), unit: t("traffic.ms") },
  { label: t("traffic.p99"), value: duration(span.p99Micros), unit: t("traffic.ms") },
  { label: t("traffic.moved"), value: brief(moved(span)), unit: t("traffic.inMinute", { currency }) },
];

/**
 * The figures since the process began to count.
 * @param {Span} span @param {string} currency @returns {import("./stat.js").Stat[]}
 */
export const totals = (span, currency) => [
  { label: t("traffic.bets"), value: counted(span.bets) },
  { label: t("traffic.matches"), value: counted(span.matches) },
  { label: t("traffic.requests"), value: counted(span.requests) },
  { label: t("traffic.debit"), value: brief(span.moneyMoved.debit), unit: currency },
  { label: t("traffic.credit"), value: brief(span.moneyMoved.credit), unit: currency },
  { label: t("traffic.refund"), value: brief(span.moneyMoved.refund), unit: currency },
];

/**
 * The plots of some minutes. They are made once for each answer, so that charts see at once whether it changed.
 * @type {WeakMap<Span[], import("./chart.js").Plot[]>}
 */
const plots = new WeakMap();

/** @param {Span[]} minutes */
function plotsOf(minutes) {
  const known = plots.get(minutes);
  if (known) return known;
  const times = minutes.map(({ to }) => Math.floor(Date.parse(to) / 1000));
  const line = (/** @type {string} */ label, /** @type {(minute: Span) => number | null} */ value) => ({
    label,
    values: minutes.map(value),
  });
  const made = [
    {
      times,
      format: short,
      lines: [
        line(t("traffic.bets"), (one) => rate(one.bets, one)),
        line(t("traffic.matches"), (one) => rate(one.matches, one)),
      ],
    },
    {
      times,
      format: short,
      lines: [line(t("traffic.p50"), (one) => ms(one.p50Micros)), line(t("traffic.p99"), (one) => ms(one.p99Micros))],
    },
    {
      times,
      format: short,
      lines: [
        line(t("traffic.debit"), ({ moneyMoved }) => Number(moneyMoved.debit)),
        line(t("traffic.credit"), ({ moneyMoved }) => Number(moneyMoved.credit)),
        line(t("traffic.refund"), ({ moneyMoved }) => Number(moneyMoved.refund)),
      ],
    },
  ];
  plots.set(minutes, made);
  return made;
}

/** Charts of the last 24 hours, and the same numbers as a table. @param {Context} context */
export function charts(context) {
  const { data, loads, forms } = context.state;
  /** @type {Span[] | undefined} */
  const minutes = data.minutes;
  const load = loads.minutes;
  if (!minutes) return load?.status === "failed" && load.problem ? unread(context, load.problem) : nothing;
  if (minutes.length < 2) return html`<p class="card small muted">${t("traffic.early")}</p>`;
  const [counts, durations, sums] = plotsOf(minutes);
  const isOpen = forms.minutes?.values.isOpen === "yes";
  return html`<div class="grid grid--3" id="charts" tabindex="-1" role="group" aria-label=${t("traffic.charts")}>
      ${chart(t("traffic.chart.counts"), counts)} ${chart(t("traffic.chart.durations"), durations)}
      ${chart(t("traffic.chart.money", { currency: currencyOf(context) }), sums)}
    </div>
    <div class="stack stack--8">
      <button
        class="button chart-button"
        type="button"
        aria-expanded=${isOpen}
        @click=${() => context.act.type("minutes", { isOpen: isOpen ? "" : "yes" })}
      >
        ${isOpen ? t("traffic.table.hide") : t("traffic.table.show")}
      </button>
      ${isOpen ? html`<div class="card card--flush">${byMinute(minutes)}</div>` : nothing}
    </div>`;
}

/** @param {Context} context @param {import("../../shared/types.d.ts").Problem} problem */
const unread = (context, problem) =>
  problem.code === "switched-off"
    ? notice({ title: t("traffic.off.title"), text: t("traffic.off.text") })
    : failed(context, problem, "minutes");

/** @param {Span[]} minutes */
const byMinute = (minutes) =>
  table({
    label: t("traffic.table"),
    rows: minutes.toReversed(),
    id: ({ to }) => to,
    columns: [
      { label: t("traffic.minute"), kind: "lead", cell: ({ to }) => whenSet(to) },
      { label: t("traffic.betsPerSecond"), kind: "num", cell: (one) => short(rate(one.bets, one)) },
      { label: t("traffic.matchesPerSecond"), kind: "num", cell: (one) => short(rate(one.matches, one)) },
      { label: t("traffic.p50.ms"), kind: "num", cell: ({ p50Micros }) => duration(p50Micros) },
      { label: t("traffic.p99.ms"), kind: "num", cell: ({ p99Micros }) => duration(p99Micros) },
      { label: t("traffic.debit"), kind: "num", cell: ({ moneyMoved }) => money(moneyMoved.debit) },
      { label: t("traffic.credit"), kind: "num", cell: ({ moneyMoved }) => money(moneyMoved.credit) },
      { label: t("traffic.refund"), kind: "num", cell: ({ moneyMoved }) => money(moneyMoved.refund) },
    ],
  });
