// Sockets of the live channel: open ones by role and room, refused and ended ones by reason. All are counts of one
// process.

import { html } from "../../shared/html.js";
import { notice } from "../../player/parts/basics.js";
import { loaded, view } from "../parts/basics.js";
import { stat } from "../parts/stat.js";
import { table } from "../parts/table.js";
import { named, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */
/** @typedef {{ name: string, count: string }} Count */

/** @param {Context} context */
export function socketsView(context) {
  const { data, loads } = context.state;
  const problem = data.sockets ? null : loads.sockets?.problem;
  const content =
    problem?.code === "switched-off"
      ? notice({ title: t("sockets.off.title"), text: t("sockets.off.text") })
      : loaded(context, "sockets", sockets);
  return view("sockets", { note: html`<p>${t("sockets.note")}</p>` }, content);
}

/** @param {Count[]} counts */
const sum = (counts) => counts.reduce((total, { count }) => total + BigInt(count), 0n).toString();

/** @param {Count[]} counts @param {string} name */
const of = (counts, name) => counts.find((one) => one.name === name)?.count ?? "0";

/**
 * @param {{ roles: Count[], rooms: Count[], refused: Count[], ended: Count[], frames: string, conflated: string }} body
 */
const sockets = ({ roles, rooms, refused, ended, frames, conflated }) =>
  html`<dl class="card card--flush grid grid--stats">
      ${[
        { label: t("sockets.open"), value: sum(roles) },
        { label: t("sockets.refused"), value: sum(refused), isWarn: sum(refused) !== "0" },
        { label: t("sockets.ended"), value: sum(ended) },
        { label: t("sockets.slow"), value: of(ended, "slow"), isWarn: of(ended, "slow") !== "0" },
        { label: t("sockets.frames"), value: frames },
        { label: t("sockets.conflated"), value: conflated },
      ].map(stat)}
    </dl>
    <div class="grid grid--2">
      ${counted("sockets.role", t("sockets.byRole"), roles)} ${counted("sockets.room", t("sockets.byRoom"), rooms)}
      ${counted("sockets.refusal", t("sockets.byRefusal"), refused)}
      ${counted("sockets.end", t("sockets.byEnd"), ended)}
    </div>`;

/** @param {string} family @param {string} label @param {Count[]} counts */
const counted = (family, label, counts) =>
  html`<section class="card card--flush" aria-label=${label}>
    <div class="card-head"><h2>${label}</h2></div>
    ${
      counts.length === 0
        ? html`<p class="pad small muted">${t("sockets.none")}</p>`
        : table({
            label,
            rows: [...counts].sort((one, other) => Number(other.count) - Number(one.count)),
            id: ({ name }) => name,
            columns: [
              { label: t("sockets.name"), kind: "lead", cell: ({ name }) => named(family, name) },
              { label: t("sockets.count"), kind: "num", cell: ({ count }) => count },
            ],
          })
    }
  </section>`;
