// Queues: the jobs of each, and the age of the oldest unfinished work.

import { html, nothing } from "../../vendor/lit-html.js";
import { hashOf } from "../../shared/router.js";
import { aged, badge, loaded, view } from "../parts/basics.js";
import { table } from "../parts/table.js";
import { t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

/** The levels of the monitor, in waiting jobs. */
export const WARN_AT = 50;
export const PAGE_AT = 100;

/** @param {string} waiting */
function level(waiting) {
  if (BigInt(waiting) > PAGE_AT) return badge("bad", t("queues.page"));
  return BigInt(waiting) > WARN_AT ? badge("warn", t("queues.warn")) : nothing;
}

/** @param {Context} context */
export function queuesView(context) {
  const note = html`<p>${t("queues.note", { warn: String(WARN_AT), page: String(PAGE_AT) })}</p>`;
  return view(
    "queues",
    { note },
    loaded(
      context,
      "queues",
      (queues) => html`<div class="card card--flush">
        ${table({
          label: t("nav.queues"),
          rows: queues,
          id: ({ queue }) => queue,
          columns: [
            { label: t("queues.queue"), kind: "lead", cell: ({ queue }) => queue },
            { label: t("queues.waiting"), kind: "num", cell: ({ waiting }) => html`<span>${waiting} ${level(waiting)}</span>` },
            { label: t("queues.inFlight"), kind: "num", cell: ({ inFlight }) => inFlight },
            { label: t("queues.delayed"), kind: "num", cell: ({ delayed }) => delayed },
            { label: t("queues.dead"), kind: "num", cell: dead },
            { label: t("queues.oldestDead"), kind: "num", cell: ({ oldestDeadLetterAt }) => aged(context, oldestDeadLetterAt) },
            { label: t("queues.oldest"), kind: "num", cell: ({ oldestUnfinishedAt }) => aged(context, oldestUnfinishedAt) },
          ],
        })}
      </div>`,
    ),
  );
}

/** @param {{ queue: string, deadLetters: string }} queue */
const dead = ({ queue, deadLetters }) =>
  deadLetters === "0"
    ? "0"
    : html`<a href=${hashOf("dead-letters", null, { queue })} aria-label=${t("queues.deadOf", { count: deadLetters, queue })}>${deadLetters}</a>`;

