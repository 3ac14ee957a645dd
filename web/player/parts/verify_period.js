// Verify, for games: the draw of a past period, made again in this browser. One tap, nothing to paste.

import { html, nothing } from "../../shared/html.js";
import { periodOf } from "../../shared/rooms.js";
import { hashOf } from "../../shared/router.js";
import { factsOf, periodName, roomName } from "../game_words.js";
import { t, when } from "../texts.js";
import { failed, loading, notice } from "./basics.js";
import { symbol } from "./symbols.js";
import { byHand, steps, verdict } from "./verification.js";

/** @typedef {import("../context.d.ts").Context} Context */

/** Where the draw of a period is verified. @param {string} room @param {string} periodId */
export const verifyHash = (room, periodId) => hashOf("verify", `${room}-${periodId}`, { of: "game" });

/** @param {Context} context @param {string} id The room and the period */
export function verifyPeriodView(context, id) {
  const { room, periodId } = periodOf(id);
  return html`<section class="view view--split" aria-labelledby="view-title">
    <div class="view-head">
      <h1 id="view-title" tabindex="-1">${t("verify.title")}</h1>
      <p>
        <a href=${hashOf("room", room)}>${roomName(room)}</a> ·
        <span class="num">${t("room.period", { period: periodName(periodId) })}</span>
      </p>
    </div>
    <div class="main">${one(context, id)}</div>
    <div class="side">${facts(context, id)}${how()}</div>
  </section>`;
}

/** @param {Context} context @param {string} id */
function one(context, id) {
  const { verifications, loads, drawnPeriods, games } = context.state;
  const verification = verifications[`period:${id}`];
  const load = loads[`verifyPeriod:${id}`];
  if (verification) {
    return html`${verdict(verification, "verify.period")}
      <section class="card" aria-labelledby="steps">
        <h2 class="hidden-text" id="steps">${t("verify.steps")}</h2>
        ${steps(context, verification)}
      </section>
      ${verification.byHand ? byHand(context, verification) : nothing}`;
  }
  if (load?.problem?.code === "not-found")
    return notice({ title: t("verify.period.missing"), text: t("verify.period.missing.text") });
  if (load?.status === "failed" && load.problem)
    return failed(context, load.problem, t("verify.failed"), `verifyPeriod:${id}`);
  if (load?.status !== "ready" || !drawnPeriods[id] || !games) return loading();
  return drawnPeriods[id].result === null && /^(CANCELLED|REFUNDED)$/.test(drawnPeriods[id].state)
    ? notice({ icon: "back", title: t("verify.period.cancelled"), text: t("verify.period.cancelled.text") })
    : notice({ icon: "clock", title: t("verify.later"), text: t("verify.period.later") });
}

/** @param {Context} context @param {string} id */
function facts({ state }, id) {
  const period = state.drawnPeriods[id];
  if (!period) return nothing;
  return html`<section class="card stack stack--8" aria-labelledby="verify-facts">
    <div class="card-head"><h2 id="verify-facts">${t(period.result ? "room.result" : "room.periodName")}</h2></div>
    ${
      period.result
        ? html`<div class="line">
            <div class="strip strip--large">${symbol(period.result)}</div>
            <p class="small muted" aria-hidden="true">${factsOf(period.result)}</p>
          </div>`
        : nothing
    }
    <dl class="facts">
      <dt>${t("room.periodName")}</dt>
      <dd class="mono">${period.periodId}</dd>
      <dt>${t("verify.period.closed")}</dt>
      <dd><time datetime=${period.closesAt}>${when(period.closesAt)}</time></dd>
      <dt>${t("verify.period.ended")}</dt>
      <dd><time datetime=${period.endsAt}>${when(period.endsAt)}</time></dd>
    </dl>
  </section>`;
}

const how = () =>
  html`<section class="card stack stack--8" aria-labelledby="verify-how">
    <h2 id="verify-how">${t("verify.how")}</h2>
    <ol class="list small muted">
      <li>${t("verify.period.how.1")}</li>
      <li>${t("verify.period.how.2")}</li>
      <li>${t("verify.period.how.3")}</li>
    </ol>
  </section>`;
