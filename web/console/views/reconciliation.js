// Reconciliation: the reports of provider days, the differences of one, and the comparison of a statement file.

import { html, nothing } from "../../shared/html.js";
import { money } from "../../player/texts.js";
import { hashOf } from "../../shared/router.js";
import { actButton, badge, card, facts, loaded, nothingHere, time, view } from "../parts/basics.js";
import { listEnd, table } from "../parts/table.js";
import { mayAct } from "../acts/index.js";
import { named, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

/** The key of the list of reports. */
const LIST = "reconciliations";

/** @param {Context} context */
export function reconciliationView(context) {
  const { id } = context.state.route;
  return view(
    "reconciliation",
    { isCase: true, isOne: id !== null },
    html`<div class="main">
        ${statement(context)} ${provisional(context)}
        ${loaded(context, LIST, (list) =>
          list.items.length
            ? listed(context, list)
            : nothingHere(t("reconciliation.none"), t("reconciliation.none.text")),
        )}
      </div>
      <div class="side">
        ${
          id
            ? loaded(context, `reconciliation:${id}`, one)
            : html`<p class="hint only-wide">${t("reconciliation.pick")}</p>`
        }
      </div>`,
  );
}

/**
 * The card from which a cashier gives a statement. Its form begins with the provider of the newest report.
 * @param {Context} context
 */
function statement(context) {
  if (!mayAct("statement.compare", context.state.session.user?.role)) return nothing;
  const provider = context.state.data[LIST]?.items[0]?.provider ?? "";
  return card(
    t("reconciliation.statement"),
    html`<p class="small">${t("reconciliation.statement.text")}</p>
      <div class="line">
        ${actButton(context, "statement.compare", {}, { kind: "button--primary", values: { provider } })}
      </div>`,
  );
}

/** The comparison of a day that is not final, which is stored nowhere. @param {Context} context */
function provisional({ state }) {
  const { comparison } = state.data;
  if (!comparison) return nothing;
  return html`<p class="banner banner--warn" role="status">
      <span>${t("reconciliation.notFinal")} ${time(comparison.notFinalBefore)}.</span>
    </p>
    ${one(comparison)}`;
}

/** @param {Record<string, string>} counts */
function differences(counts) {
  const kinds = Object.entries(counts);
  return kinds.length === 0
    ? badge("good", t("reconciliation.same"))
    : badge("warn", kinds.map(([kind, count]) => `${count} ${named("difference", kind)}`).join(", "));
}

/** @param {Context} context @param {import("../lists.js").List} list */
const listed = (context, list) =>
  html`<div class="card card--flush">
    ${table({
      label: t("nav.reconciliation"),
      rows: list.items,
      id: ({ reportId }) => reportId,
      isCurrent: ({ reportId }) => reportId === context.state.route.id,
      columns: [
        {
          label: t("reconciliation.day"),
          kind: "lead",
          cell: ({ reportId, day }) => html`<a href=${hashOf("reconciliation", reportId)}>${day}</a>`,
        },
        { label: t("order.provider"), cell: ({ provider }) => provider },
        { label: t("reconciliation.lines"), kind: "num", cell: ({ lines }) => lines },
        { label: t("reconciliation.differences"), cell: ({ counts }) => differences(counts) },
        { label: t("reconciliation.at"), kind: "num", cell: ({ at }) => time(at) },
      ],
    })}
    ${listEnd(context, LIST, list)}
  </div>`;

/** @param {any} report */
const one = ({ data, differences: found }) =>
  html`<section class="card stack" aria-labelledby="report-title">
      <h2 id="report-title">${data.day}, ${data.provider}</h2>
      ${facts(
        /** @type {const} */ (["opening", "booked", "differences", "onTheWay", "stated"]).map((name) => [
          t(`reconciliation.${name}`),
          money(data.closing[name]),
        ]),
      )}
      <p class="hint">${t("reconciliation.sum")}</p>
    </section>
    ${
      found.length
        ? html`<div class="card card--flush">
            ${table({
              label: t("reconciliation.differences"),
              rows: found,
              id: (/** @type {any} */ { kind, subject }) => `${kind}/${subject}`,
              columns: [
                {
                  label: t("reconciliation.kind"),
                  kind: "lead",
                  cell: ({ kind, subject }) =>
                    html`${named("difference", kind)}<br /><small class="mono">${subject}</small>`,
                },
                { label: t("reconciliation.stated"), kind: "num", cell: ({ stated }) => money(stated) },
                { label: t("reconciliation.booked"), kind: "num", cell: ({ booked }) => money(booked) },
              ],
            })}
          </div>`
        : html`<p class="card small muted">${t("reconciliation.same")}</p>`
    }`;
