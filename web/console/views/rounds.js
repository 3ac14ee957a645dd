// Rounds: the open, unfinished and ended ones; and one with its stakes, its matches, and its draws made again in the
// browser.

import { html, nothing } from "../../shared/html.js";
import { stakes } from "../../player/parts/stakes.js";
import { money, roundName } from "../../player/texts.js";
import { inPercent } from "../../shared/money.js";
import { hashOf } from "../../shared/router.js";
import { totals } from "../../shared/stakes.js";
import { actButton, badge, card, copied, facts, loaded, nothingHere, segments, time, view } from "../parts/basics.js";
import { days } from "../parts/days.js";
import { find } from "../parts/find.js";
import { person } from "../parts/person.js";
import { listEnd, rowsOf, table } from "../parts/table.js";
import { verified } from "../parts/verification.js";
import { isByTime, listKey, listState } from "../routes.js";
import { named, said, t } from "../texts.js";

/** @typedef {import("../types.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Round} Round */
/** @typedef {import("../../shared/types.d.ts").PublicMatch} PublicMatch */

/** The lists of rounds, with the texts that name them. */
const STATES = {
  open: "rounds.open",
  unfinished: "rounds.unfinished",
  closed: "rounds.closed.list",
  cancelled: "rounds.cancelled.list",
};

/** Matches of a round that are listed; all of them are drawn again. */
const LISTED = 50;

/** @param {Context} context */
export function roundsView(context) {
  const { route } = context.state;
  const current = listState(route, "rounds");
  const key = listKey(route, "rounds");
  const hasTime = isByTime(route, "rounds");
  const empty = hasTime ? "rounds.ended" : `rounds.${current}`;
  return view(
    "rounds",
    {
      isCase: true,
      isOne: route.id !== null,
      act: html`${find("rounds", t("rounds.id"))} ${actButton(context, "round.open", {}, { kind: "button--primary" })}`,
    },
    html`<div class="main">
        ${segments(
          t("rounds.states"),
          Object.entries(STATES).map(([name, label]) => ({
            href: hashOf("rounds", null, { state: name }),
            label: said(label),
            isCurrent: name === current,
          })),
        )}
        ${hasTime ? days(context, "rounds") : nothing}
        ${loaded(context, key, (list) =>
          list.items.length
            ? (hasTime ? ended : listed)(context, key, list)
            : nothingHere(said(`${empty}.none`), said(`${empty}.none.text`)),
        )}
      </div>
      <div class="side">
        ${
          route.id
            ? loaded(context, `round:${route.id}`, (round) => one(context, round))
            : html`<p class="hint only-wide">${t("rounds.pick")}</p>`
        }
      </div>`,
  );
}

/** @param {Round} round */
const state = (round) =>
  badge(
    round.state === "OPEN" ? "action" : round.state === "CANCELLED" ? "outline" : round.seed ? "good" : "warn",
    named("round.state", round.state),
  );

/** @param {Context} context @param {string} key @param {import("../lists.js").List} list */
const listed = (context, key, list) =>
  html`<div class="card card--flush">
    ${table({
      label: t("nav.rounds"),
      rows: rowsOf(context, key, list, "round"),
      id: ({ roundId }) => roundId,
      isCurrent: ({ roundId }) => roundId === context.state.route.id,
      columns: [
        {
          label: t("rounds.round"),
          kind: "lead",
          cell: ({ roundId }) =>
            html`<a href=${hashOf("rounds", roundId, context.state.route.query)}>${roundName(roundId)}</a>`,
        },
        { label: t("rounds.state"), cell: state },
        { label: t("rounds.draw"), cell: ({ draw }) => named("option.draw", draw) },
        { label: t("rounds.onA"), kind: "num", cell: (round) => money(totals(round).a) },
        { label: t("rounds.onB"), kind: "num", cell: (round) => money(totals(round).b) },
        { label: t("rounds.matched"), kind: "num", cell: ({ matched }) => money(matched.A) },
        { label: t("rounds.closes"), kind: "num", cell: ({ closesBy, closedAt }) => time(closedAt ?? closesBy) },
      ],
    })}
    ${listEnd(context, key, list)}
  </div>`;

/**
 * Rounds that have ended. Their totals are in the round itself.
 * @param {Context} context @param {string} key @param {import("../lists.js").List} list
 */
const ended = (context, key, list) =>
  html`<div class="card card--flush">
    ${table({
      label: t("nav.rounds"),
      rows: list.items,
      id: ({ roundId }) => roundId,
      isCurrent: ({ roundId }) => roundId === context.state.route.id,
      columns: [
        {
          label: t("rounds.round"),
          kind: "lead",
          cell: ({ roundId }) =>
            html`<a href=${hashOf("rounds", roundId, context.state.route.query)}>${roundName(roundId)}</a>`,
        },
        {
          label: t("rounds.state"),
          cell: ({ state, isSeedPublic }) =>
            badge(state === "CANCELLED" ? "outline" : isSeedPublic ? "good" : "warn", named("round.state", state)),
        },
        { label: t("rounds.from"), cell: ({ draw, oracle }) => oracle ?? named("option.draw", draw) },
        { label: t("rounds.winner"), cell: ({ winnerSide }) => winnerSide ?? html`<span class="muted">–</span>` },
        { label: t("rounds.opened"), kind: "num", cell: ({ openedAt }) => time(openedAt) },
        { label: t("rounds.ended"), kind: "num", cell: ({ closedAt }) => time(closedAt) },
      ],
    })}
    ${listEnd(context, key, list)}
  </div>`;

/** @param {Context} context @param {Round} round */
function one(context, round) {
  const { roundId } = round;
  const subject = { roundId };
  const isOpen = round.state === "OPEN";
  const mayCancel = isOpen || (round.state === "CLOSED" && round.draw === "oracle" && !round.winnerSide);
  return html`<section class="card stack" aria-labelledby="round-title">
      <div class="line line--apart">
        <h2 id="round-title">${roundName(roundId)}</h2>
        ${state(round)}
      </div>
      ${stakes(round)}
      ${facts([
        [t("rounds.id"), html`<span class="mono">${roundId}</span>`],
        [t("rounds.draw"), named("option.draw", round.draw)],
        [t("rounds.oracle"), round.oracle?.name],
        [t("rounds.winner"), round.winnerSide],
        [t("rounds.stakeMin"), money(round.stakeMin)],
        [
          t("rounds.commission"),
          round.commissionRate && t("rounds.commission.rate", { percent: inPercent(round.commissionRate) }),
        ],
        [t("rounds.opened"), time(round.openedAt)],
        [isOpen ? t("rounds.closesBy") : t("rounds.closed"), time(round.closedAt ?? round.closesBy)],
        [t("rounds.resultBy"), round.oracle && round.resultBy && time(round.resultBy)],
      ])}
      <div class="stack stack--8">
        <p class="label">${t("rounds.seedHash")}</p>
        ${copied(context, round.seedHash, t("rounds.seedHash"), true)}
        ${
          round.seed
            ? html`<p class="label">${t("rounds.seed")}</p>
                ${copied(context, round.seed, t("rounds.seed"), true)}`
            : nothing
        }
      </div>
      ${
        isOpen || mayCancel
          ? html`<div class="line">
              ${isOpen ? actButton(context, "round.close", subject) : nothing}
              ${mayCancel ? actButton(context, "round.cancel", subject) : nothing}
            </div>`
          : nothing
      }
    </section>
    ${loaded(context, `waiting:${roundId}`, (found) =>
      isOpen || found.data.length ? waiting(context, found) : nothing,
    )}
    ${
      round.seed
        ? loaded(context, `verification:${roundId}`, (verification) => drawn(context, round, verification))
        : card(t("rounds.draws"), html`<p class="small muted">${t("rounds.draws.later")}</p>`)
    }`;
}

/** The bets that have an unmatched part. @param {Context} context @param {{ data: any[], hasMore: boolean }} found */
const waiting = (context, { data, hasMore }) =>
  data.length === 0
    ? card(t("rounds.waiting"), html`<p class="small muted">${t("rounds.waiting.none")}</p>`)
    : html`<section class="card card--flush" aria-label=${t("rounds.waiting")}>
        <div class="card-head"><h2>${t("rounds.waiting")}</h2></div>
        ${table({
          label: t("rounds.waiting"),
          rows: data,
          id: ({ betId }) => betId,
          columns: [
            {
              label: t("users.bet"),
              kind: "lead",
              cell: ({ betId, userId }) =>
                html`<span class="mono mono--short">${betId.slice(0, 8)}</span><br /><span class="tiny"
                    >${person(context, userId)}</span
                  >`,
            },
            {
              label: t("users.open"),
              kind: "num",
              cell: ({ open, side }) => html`<span>${money(open)} ${t("bets.on", { side })}</span>`,
            },
            {
              label: t("letters.acts"),
              kind: "acts",
              cell: ({ betId }) =>
                actButton(context, "bet.refund", { betId }, { about: betId.slice(0, 8), label: t("rounds.refund") }),
            },
          ],
        })}
        ${hasMore ? html`<div class="table-foot">${t("rounds.waiting.more")}</div>` : nothing}
      </section>`;

/** @param {Context} context @param {Round} round @param {any} verification */
const drawn = (context, round, verification) =>
  html`${verified(context, verification)}
  ${
    verification.matches.length
      ? html`<div class="card card--flush">
          ${table({
            label: t("rounds.matches"),
            rows: /** @type {PublicMatch[]} */ (verification.matches.slice(0, LISTED)),
            id: ({ matchId }) => matchId,
            columns: [
              {
                label: t("rounds.match"),
                kind: "lead",
                cell: ({ matchId }) => html`<span class="mono mono--short">${matchId.slice(0, 8)}</span>`,
              },
              { label: t("order.amount"), kind: "num", cell: ({ amount }) => money(amount) },
              { label: t("rounds.winner"), cell: ({ winnerSide }) => winnerSide ?? "–" },
              { label: t("rounds.state"), cell: ({ state }) => named("match.state", state) },
              {
                label: t("letters.acts"),
                kind: "acts",
                cell: ({ matchId, state }) =>
                  state === "SETTLED" || state === "VOID"
                    ? nothing
                    : actButton(
                        context,
                        "match.void",
                        { roundId: round.roundId, matchId },
                        { about: matchId.slice(0, 8) },
                      ),
              },
            ],
          })}
          <div class="table-foot">
            <span
              >${t("rounds.matches.shown", {
                count: String(Math.min(LISTED, verification.matches.length)),
                all: `${verification.matches.length}${verification.next ? "+" : ""}`,
              })}</span
            >
          </div>
        </div>`
      : nothing
  }`;
