// Periods of house games: the current one of each room; and one with its stakes beside the worst case.

import { html, nothing, svg } from "../../shared/html.js";
import { pickName, roomName } from "../../player/game_words.js";
import { money } from "../../player/texts.js";
import { compare, isZero, percent } from "../../shared/money.js";
import { roomOf } from "../../shared/rooms.js";
import { hashOf } from "../../shared/router.js";
import { actButton, badge, card, facts, loaded, nothingHere, time, view } from "../parts/basics.js";
import { find } from "../parts/find.js";
import { table } from "../parts/table.js";
import { brief, named, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */

/** @param {Context} context */
export function periodsView(context) {
  const { id } = context.state.route;
  return view(
    "periods",
    { isCase: true, isOne: id !== null, note: html`<p>${t("periods.note")}</p>` },
    html`<div class="main">
        ${loaded(context, "periods", ({ data }) =>
          data.length ? listed(context, data) : nothingHere(t("periods.none"), t("periods.none.text")),
        )}
        ${find("periods", t("periods.find"))}
      </div>
      <div class="side">
        ${
          id
            ? loaded(context, `distribution:${id}`, (period) => one(context, period))
            : html`<p class="hint only-wide">${t("periods.pick")}</p>`
        }
      </div>`,
  );
}

/**
 * The address of a period, as its routes have it.
 * @param {{ gameType: string, duration: string, periodId: string }} period
 */
const idOf = ({ gameType, duration, periodId }) => `${gameType}/${duration}/period/${periodId}`;

/** @param {Context} context @param {any[]} periods */
const listed = (context, periods) =>
  html`<div class="card card--flush">
    ${table({
      label: t("nav.periods"),
      rows: periods,
      id: ({ gameType, duration }) => `${gameType}/${duration}`,
      isCurrent: (period) => idOf(period) === context.state.route.id,
      columns: [
        {
          label: t("periods.room"),
          kind: "lead",
          cell: (period) => html`<a href=${hashOf("periods", idOf(period))}>${roomName(roomOf(period))}</a>`,
        },
        { label: t("periods.period"), cell: ({ periodId }) => html`<span class="mono">${periodId}</span>` },
        { label: t("periods.closes"), kind: "num", cell: ({ closesAt }) => time(closesAt) },
        { label: t("periods.ends"), kind: "num", cell: ({ endsAt }) => time(endsAt) },
      ],
    })}
  </div>`;

/** @param {Context} context @param {any} period */
function one(context, period) {
  const { gameType, duration, periodId, state, worstCase, worstCaseMax, selections } = period;
  const subject = { gameType, duration, periodId, name: roomName(roomOf(period)) };
  const mayCancel = ["OPEN", "CLOSING", "CLOSED"].includes(state);
  return html`<section class="card stack" aria-labelledby="period-title">
      <div class="line line--apart">
        <h2 id="period-title">${roomName(roomOf(period))}</h2>
        ${badge(mayCancel ? "action" : "outline", named("period.state", state))}
      </div>
      ${facts([
        [t("periods.period"), html`<span class="mono">${periodId}</span>`],
        [t("periods.players"), period.players],
        [t("periods.bets"), period.bets],
        [t("periods.staked"), money(period.betAmount)],
        [t("periods.worst"), t("periods.worstOf", { worst: brief(worstCase), most: brief(worstCaseMax) })],
        [t("periods.lanes"), period.openLanes.length ? period.openLanes.join(", ") : ""],
      ])}
      <progress
        max="100"
        value=${isZero(worstCaseMax) || compare(worstCase, "0") < 0 ? 0 : percent(worstCase, worstCaseMax)}
        aria-label=${t("periods.worst")}
      ></progress>
      ${mayCancel ? html`<div class="line">${actButton(context, "period.cancel", subject)}</div>` : nothing}
    </section>
    ${card(
      t("periods.selections"),
      selections.length ? bars(selections) : html`<p class="small muted">${t("periods.noBets")}</p>`,
    )}`;
}

/** The stakes on each selection. @param {any[]} selections */
function bars(selections) {
  const most = selections.reduce((known, { betAmount }) => (compare(betAmount, known) > 0 ? betAmount : known), "0");
  return html`<div class="bars">
    ${selections.map(
      ({ betType, betValue, bets, betAmount }) =>
        html`<span>${pickName(betType, betValue)} <small class="muted">${bets}</small></span>
          <svg aria-hidden="true">${svg`<rect width="${percent(betAmount, most)}%" height="100%" rx="2" />`}</svg>
          <span class="num">${money(betAmount)}</span>`,
    )}
  </div>`;
}
