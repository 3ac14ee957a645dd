// Bets: the list of both kinds, and a single bet with its parts, matches and actions.

import { html, nothing, repeat, svg } from "../../shared/html.js";
import { isUnfinished } from "../../shared/revision.js";
import { hashOf } from "../../shared/router.js";
import { inPercent, isZero, percent } from "../../shared/money.js";
import { endOf, outcomeOf } from "../../shared/outcome.js";
import { LISTS, hasOpenPart, idOf, laggingOf, mineOf } from "../mine.js";
import { backText, paidText } from "../paid.js";
import { money, t, when } from "../texts.js";
import { returnNote } from "../unmatched.js";
import { amount, failed, loaded, loading, notice } from "../parts/basics.js";
import { badge, betRow, outcomeSums, placeAndTime, stand } from "../parts/bets.js";
import { gameBetHash, gameBetRow } from "../parts/game_bets.js";
import { oneGameBet } from "../parts/one_game_bet.js";

/** @typedef {import("../context.d.ts").Context} Context */
/** @typedef {import("../../shared/types.d.ts").Bet} Bet */
/** @typedef {import("../../shared/types.d.ts").BetMatch} BetMatch */

const KINDS = /** @type {const} */ (["all", "rounds", "games"]);

/** @param {Context} context */
export function betsView(context) {
  const { state } = context;
  const { id, query } = state.route;
  const kind = KINDS.find((one) => one === query.kind) ?? "all";
  return html`<section class="view view--split ${id ? "view--one" : ""}" aria-labelledby="view-title">
    <div class="view-head">
      <h1 id="view-title" tabindex="-1">${t("bets.title")}</h1>
      ${id ? html`<a class="only-phone" href=${hashOf("bets")}>${t("bets.back")}</a>` : nothing}
      <p class=${id ? "only-wide" : ""}>${t("bets.note")}</p>
    </div>
    <div class="main">
      <nav class="segments" aria-label=${t("bets.kinds")}>
        ${KINDS.map(
          (one) =>
            html`<a
              class="segment"
              href=${hashOf("bets", null, one === "all" ? {} : { kind: one })}
              aria-current=${one === kind ? "page" : nothing}
              >${t(`bets.kind.${one}`)}</a
            >`,
        )}
      </nav>
      ${list(context, kind)}
    </div>
    <div class="side">
      ${
        id
          ? query.of === "game"
            ? oneGameBet(context, id)
            : one(context, id)
          : state.myBets.ids.length
            ? html`<p class="hint only-wide">${t("bets.pick")}</p>`
            : nothing
      }
    </div>
  </section>`;
}

/** @param {Context} context @param {typeof KINDS[number]} kind */
function list(context, kind) {
  const { state, act } = context;
  const mine = mineOf(state, kind);
  const { id } = state.route;
  const failure = LISTS[kind].find((key) => state.loads[key]?.status === "failed");
  const problem = failure && state.loads[failure]?.problem;
  const lagging = laggingOf(state, kind);
  if (mine.length === 0 && lagging.length === 0) {
    if (failure && problem) return failed(context, problem, t("bets.failed"), failure);
    if (LISTS[kind].some((key) => state.loads[key]?.status !== "ready")) return loading();
    const toPlay = html`<a class="button button--primary" href=${hashOf("play")}>${t("bets.toPlay")}</a>`;
    return notice({ title: t("bets.empty"), text: t("bets.empty.text"), act: toPlay });
  }
  const row = (/** @type {import("../mine.js").Mine} */ one) => {
    const { bet, game } = one;
    if (!bet) return gameBetRow(context, game, { href: gameBetHash(game), isCurrent: id === game.betId });
    const href = hashOf("bets", bet.betId);
    const isCurrent = id === bet.betId;
    // A link around the whole row would contain the button.
    return hasOpenPart(one)
      ? betRow(context, bet, {
          note: html`<a href=${href} aria-current=${isCurrent ? "true" : nothing}>${placeAndTime(bet)}</a>`,
          hasTakeBack: true,
        })
      : betRow(context, bet, { href, isCurrent, note: placeAndTime(bet) });
  };
  return html`<div class="card card--flush">
      <ul class="rows rows--padded">
        ${repeat(mine, idOf, row)}
      </ul>
      <div class="table-foot">
        <span>${t("bets.shown", { count: String(mine.length) })}</span>
        ${
          lagging.length
            ? html`<button class="button" type="button" @click=${() => lagging.map((key) => act.load(`${key}.more`))}>
                ${t("more")}
              </button>`
            : nothing
        }
      </div>
    </div>
    ${failure && problem ? failed(context, problem, t("bets.failed"), failure) : nothing}`;
}

/** @param {Context} context @param {string} id */
function one(context, id) {
  const { state } = context;
  const bet = state.bets[id];
  const load = state.loads[`bet:${id}`];
  if (!bet) {
    if (load?.status !== "failed" || !load.problem) return loading();
    return load.problem.code === "not-found"
      ? notice({ title: t("bets.missing"), text: t("bets.missing.text") })
      : failed(context, load.problem, t("bets.failed"), `bet:${id}`);
  }
  return html`${parts(context, bet)}
    <section class="card" aria-labelledby="bet-matches">
      <div class="card-head"><h2 id="bet-matches">${t("bets.matches")}</h2></div>
      ${loaded(context, `matches:${id}`, state.matches[id] !== undefined, t("bets.failed"), () =>
        matches(bet, state.matches[id] ?? []),
      )}
    </section>
    <section class="card" aria-labelledby="bet-facts">
      <h2 class="hidden-text" id="bet-facts">${t("bets.id")}</h2>
      <dl class="facts">
        <dt>${t("bets.round")}</dt>
        <dd><a href=${hashOf("round", bet.roundId)}>${bet.roundId}</a></dd>
        <dt>${t("bets.placed")}</dt>
        <dd><time datetime=${bet.createdAt}>${when(bet.createdAt)}</time></dd>
        <dt>${t("bets.id")}</dt>
        <dd class="mono">${bet.betId}</dd>
      </dl>
    </section>`;
}

/** @param {Context} context @param {Bet} bet */
function parts({ state, act, now }, bet) {
  const shown = {
    settled: money(bet.settled),
    matched: money(bet.matched),
    open: money(bet.open),
    back: money(bet.refunded),
  };
  const outcome = outcomeOf(bet);
  const hasWon = endOf(outcome) === "won";
  const [settled, matched, open] = [bet.settled, bet.matched, bet.open].map((part) => percent(part, bet.amount));
  return html`<section class="card stack" aria-labelledby="bet-one">
    <div class="line line--apart">
      <h2 id="bet-one">${amount(bet.amount)} ${t("bets.on", { side: bet.side })}</h2>
      ${badge(bet)}
    </div>
    <svg class="parts" role="img" aria-label=${t("bets.parts", shown)}>
      ${svg`<rect class=${hasWon ? "settled settled--won" : "settled"} width="${settled}%" height="100%" />`}
      ${svg`<rect class="matched" x="${settled}%" width="${matched}%" height="100%" />`}
      ${open > 0 ? svg`<rect class="waiting" x="${settled + matched}%" width="${open}%" height="100%" />` : nothing}
    </svg>
    <dl class="sums">
      <dt><span class="key ${hasWon ? "key--won" : ""}">${t("bets.settled")}</span></dt>
      <dd>${shown.settled}</dd>
      <dt><span class="key key--matched">${t("bets.matched")}</span></dt>
      <dd>${shown.matched}</dd>
      <dt><span class="key key--waiting">${t("bets.waiting")}</span></dt>
      <dd>${shown.open}</dd>
      <dt><span class="key key--back">${t("bets.cameBack")}</span></dt>
      <dd>${shown.back}</dd>
      <dt class="total">${t("bets.stake")}</dt>
      <dd class="total">${money(bet.amount)}</dd>
      ${
        bet.commissionRate
          ? html`<dt>${t("bets.commission", { percent: inPercent(bet.commissionRate) })}</dt>
              <dd>${money(bet.commission ?? "0")}</dd>`
          : nothing
      }
      ${isZero(bet.settled) ? nothing : outcomeSums(outcome)}
    </dl>
    ${
      isUnfinished(bet)
        ? nothing
        : html`<p class="hint">${isZero(bet.settled) ? nothing : paidText(outcome)} ${backText(outcome)}</p>`
    }
    ${
      isZero(bet.open)
        ? nothing
        : html`<button class="button" type="button" @click=${() => act.ask({ name: "takeBack", id: bet.betId })}>
              ${t("bets.takeBack", { amount: shown.open })}
            </button>
            <p class="hint">${returnNote(state, bet, now)}</p>`
    }
    ${
      stand(bet) === "back"
        ? html`<p class="hint">${t("bets.back.text")}</p>`
        : isUnfinished(bet)
          ? html`<p class="hint">${t("bets.verify.later")}</p>`
          : html`<a class="button button--primary" href=${hashOf("verify", bet.betId)}>${t("bets.verify")}</a>`
    }
  </section>`;
}

/** @param {Bet} bet @param {BetMatch[]} found */
function matches(bet, found) {
  if (found.length === 0)
    return html`<p class="small muted">${t(isUnfinished(bet) ? "bets.matches.none" : "bets.matches.never")}</p>`;
  return html`<ul class="rows">
      ${repeat(
        found,
        (match) => match.matchId,
        (match) =>
          html`<li>
            <div class="row row--plain">
              <div class="row-main">
                <p class="row-title">${amount(match.amount)}</p>
                <p class="row-note"><time datetime=${match.createdAt}>${when(match.createdAt)}</time></p>
              </div>
              <div class="row-end">${matchBadge(bet, match)}</div>
            </div>
          </li>`,
      )}
    </ul>
    ${isUnfinished(bet) ? html`<p class="hint hint--after">${t("bets.matches.note")}</p>` : nothing}`;
}

/** @param {Bet} bet @param {BetMatch} match */
function matchBadge(bet, match) {
  if (match.state === "VOID") return html`<span class="badge">${t("bets.match.void")}</span>`;
  if (match.winnerSide === null) return html`<span class="badge badge--action">${t("bets.match.joined")}</span>`;
  return match.winnerSide === bet.side
    ? html`<span class="badge badge--good">${t("bets.match.won")}</span>`
    : html`<span class="badge badge--lost">${t("bets.match.lost")}</span>`;
}
