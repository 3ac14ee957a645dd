// Queues: the jobs of each, those of each minute of the last hour, and the age of the oldest unfinished work.

import { html, nothing } from "../../shared/html.js";
import { hashOf } from "../../shared/router.js";
import { FAILED_PERCENT, PAGE_AT, WARN_AT } from "../needs.js";
import { aged, badge, loaded, view } from "../parts/basics.js";
import { whenSet } from "../../player/texts.js";
import { spark } from "../parts/spark.js";
import { table } from "../parts/table.js";
import { counted, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

/** @param {string} waiting */
function level(waiting) {
  if (BigInt(waiting) > PAGE_AT) return badge("bad", t("queues.page"));
  return BigInt(waiting) > WARN_AT ? badge("warn", t("queues.warn")) : nothing;
}

/** @param {Context} context */
export function queuesView(context) {
  const note = html`<p>
    ${t("queues.note", { warn: String(WARN_AT), page: String(PAGE_AT), percent: String(FAILED_PERCENT) })}
  </p>`;
  return view(
    "queues",
    { note },
    loaded(
      context,
      "queues",
      (queues) =>
        html`<div class="card card--flush">
            ${table({
              label: t("nav.queues"),
              rows: queues,
              id: ({ queue }) => queue,
              columns: [
                { label: t("queues.queue"), kind: "lead", cell: ({ queue }) => queue },
                {
                  label: t("queues.waiting"),
                  kind: "num",
                  cell: ({ waiting }) => html`<span>${counted(waiting)} ${level(waiting)}</span>`,
                },
                { label: t("queues.inFlight"), kind: "num", cell: ({ inFlight }) => counted(inFlight) },
                { label: t("queues.delayed"), kind: "num", cell: ({ delayed }) => counted(delayed) },
                { label: t("queues.dead"), kind: "num", cell: (queue) => dead(context, queue) },
                {
                  label: t("queues.oldestDead"),
                  kind: "num",
                  cell: ({ oldestDeadLetterAt }) => aged(context, oldestDeadLetterAt),
                },
                {
                  label: t("queues.oldest"),
                  kind: "num",
                  cell: ({ oldestUnfinishedAt }) => aged(context, oldestUnfinishedAt),
                },
                ...minuteColumns(context),
              ],
            })}
          </div>
          ${byMinute(context)}`,
    ),
  );
}

/** @typedef {{ queue: string, completed: string[], failed: string[] }} QueueJobs */
/** @typedef {{ minutes: string[], queues: QueueJobs[] }} Minutes */

/**
 * The minutes of the last hour; null before there are two, and on AWS.
 * @param {Context} context @returns {Minutes | null}
 */
const minutesOf = ({ state }) => (state.data.queueMinutes?.minutes.length > 1 ? state.data.queueMinutes : null);

/** @param {Context} context @returns {import("../parts/table.js").Column<any>[]} */
function minuteColumns(context) {
  const minutes = minutesOf(context);
  if (!minutes) return [];
  const of = (/** @type {string} */ queue) =>
    minutes.queues.find((one) => one.queue === queue) ?? { completed: [], failed: [] };
  return [
    { label: t("queues.done"), kind: "num", cell: ({ queue }) => counted(of(queue).completed.at(-1) ?? "0") },
    { label: t("queues.failed"), kind: "num", cell: ({ queue }) => failed(of(queue)) },
    {
      label: t("queues.line"),
      cell: ({ queue }) =>
        spark(
          of(queue).completed,
          t("queues.lineOf", { queue, count: sum(of(queue).completed), failed: sum(of(queue).failed) }),
        ),
    },
  ];
}

/**
 * The failed jobs of the last minute, and whether they are too many.
 * @param {{ completed: string[], failed: string[] }} jobs
 */
function failed({ completed, failed }) {
  const [done, lost] = [BigInt(completed.at(-1) ?? "0"), BigInt(failed.at(-1) ?? "0")];
  return html`<span
    >${counted(lost)} ${lost * 100n > done * BigInt(FAILED_PERCENT) ? badge("warn", t("queues.warn")) : nothing}</span
  >`;
}

/** @param {string[]} counts */
const sum = (counts) => counts.reduce((total, count) => total + BigInt(count), 0n).toString();

/** The lines as a table, of the queues that had jobs. @param {Context} context */
function byMinute(context) {
  const minutes = minutesOf(context);
  if (!minutes)
    return context.state.data.queueMinutes ? html`<p class="card small muted">${t("queues.early")}</p>` : nothing;
  const isOpen = context.state.forms.queueMinutes?.values.isOpen === "yes";
  const busy = minutes.queues.filter(({ completed, failed }) => sum([...completed, ...failed]) !== "0");
  return html`<div class="stack stack--8">
    <button
      class="button chart-button"
      type="button"
      aria-expanded=${isOpen}
      @click=${() => context.act.type("queueMinutes", { isOpen: isOpen ? "" : "yes" })}
    >
      ${isOpen ? t("traffic.table.hide") : t("traffic.table.show")}
    </button>
    ${
      isOpen
        ? html`<div class="card card--flush">
            ${table({
              label: t("queues.table"),
              rows: minutes.minutes.map((at, index) => ({ at, index })).toReversed(),
              id: ({ at }) => at,
              columns: [
                { label: t("traffic.minute"), kind: "lead", cell: ({ at }) => whenSet(at) },
                ...busy.map(({ queue, completed, failed }) => ({
                  label: queue,
                  kind: /** @type {const} */ ("num"),
                  cell: (/** @type {{ index: number }} */ { index }) =>
                    failed[index] === "0"
                      ? completed[index]
                      : t("queues.andFailed", { count: completed[index], failed: failed[index] }),
                })),
              ],
            })}
          </div>`
        : nothing
    }
  </div>`;
}

/**
 * @param {Context} context @param {{ queue: string, deadLetters: string }} queue Auditors have no view of dead letters.
 */
const dead = ({ state }, { queue, deadLetters }) =>
  deadLetters === "0" || state.session.user?.role !== "operator"
    ? deadLetters
    : html`<a
        href=${hashOf("dead-letters", null, { queue })}
        aria-label=${t("queues.deadOf", { count: deadLetters, queue })}
        >${deadLetters}</a
      >`;
