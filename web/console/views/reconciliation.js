// Reconciliation: the reports of provider days, and the differences of one.

import { html } from "../../vendor/lit-html.js";
import { money } from "../../player/texts.js";
import { hashOf } from "../../shared/router.js";
import { badge, facts, loaded, nothingHere, time, view } from "../parts/basics.js";
import { table } from "../parts/table.js";
import { named, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

/** @param {Context} context */
export function reconciliationView(context) {
  const { id } = context.state.route;
  return view(
    "reconciliation",
    { isCase: true, isOne: id !== null },
    html`<div class="main">
        ${loaded(context, "reconciliations", ({ data }) => (data.length ? listed(context, data) : nothingHere(t("reconciliation.none"), t("reconciliation.none.text"))))}
      </div>
      <div class="side">${id ? loaded(context, `reconciliation:${id}`, one) : html`<p class="hint only-wide">${t("reconciliation.pick")}</p>`}</div>`,
  );
}

/** @param {Record<string, string>} counts */
function differences(counts) {
  const kinds = Object.entries(counts);
  return kinds.length === 0 ? badge("good", t("reconciliation.same")) : badge("warn", kinds.map(([kind, count]) => `${count} ${named("difference", kind)}`).join(", "));
}

/** @param {Context} context @param {any[]} reports */
const listed = (context, reports) => html`<div class="card card--flush">
  ${table({
    label: t("nav.reconciliation"),
    rows: reports,
    id: ({ reportId }) => reportId,
    isCurrent: ({ reportId }) => reportId === context.state.route.id,
    columns: [
      { label: t("reconciliation.day"), kind: "lead", cell: ({ reportId, day }) => html`<a href=${hashOf("reconciliation", reportId)}>${day}</a>` },
      { label: t("order.provider"), cell: ({ provider }) => provider },
      { label: t("reconciliation.lines"), kind: "num", cell: ({ lines }) => lines },
      { label: t("reconciliation.differences"), cell: ({ counts }) => differences(counts) },
      { label: t("reconciliation.stated"), kind: "num", cell: ({ closing }) => money(closing.stated) },
      { label: t("reconciliation.booked"), kind: "num", cell: ({ closing }) => money(closing.booked) },
      { label: t("reconciliation.at"), kind: "num", cell: ({ at }) => time(at) },
    ],
  })}
</div>`;

/** @param {any} report */
const one = ({ data, differences: found }) => html`<section class="card stack" aria-labelledby="report-title">
    <h2 id="report-title">${data.day}, ${data.provider}</h2>
    ${facts(/** @type {const} */ (["opening", "booked", "differences", "onTheWay", "stated"]).map((name) => [t(`reconciliation.${name}`), money(data.closing[name])]))}
    <p class="hint">${t("reconciliation.sum")}</p>
  </section>
  ${found.length
    ? html`<div class="card card--flush">
        ${table({
          label: t("reconciliation.differences"),
          rows: found,
          id: (/** @type {any} */ { kind, subject }) => `${kind}/${subject}`,
          columns: [
            { label: t("reconciliation.kind"), kind: "lead", cell: ({ kind }) => named("difference", kind) },
            { label: t("reconciliation.subject"), kind: "wide", cell: ({ subject }) => html`<span class="mono">${subject}</span>` },
            { label: t("reconciliation.stated"), kind: "num", cell: ({ stated }) => money(stated) },
            { label: t("reconciliation.booked"), kind: "num", cell: ({ booked }) => money(booked) },
          ],
        })}
      </div>`
    : html`<p class="card small muted">${t("reconciliation.same")}</p>`}`;
