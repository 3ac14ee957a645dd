// Turns a change of a bet into news for the player. Pure.

import { compare, isZero, subtract } from "../shared/money.js";
import { endOf, outcomeOf, outcomeOfGame } from "../shared/outcome.js";
import { betRevision, isUnfinished } from "../shared/revision.js";
import { hashOf } from "../shared/router.js";
import { roomOf } from "../shared/rooms.js";
import { pickName, roomName } from "./game_words.js";
import { backText, paidText, signed } from "./paid.js";
import { money, roundName, t } from "./texts.js";

/** @typedef {import("../shared/types.d.ts").Bet} Bet */
/** @typedef {import("../shared/types.d.ts").GameBet} GameBet */
/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").MoneyRequest} MoneyRequest */
/** @typedef {import("../shared/types.d.ts").Deposit} Deposit */
/** @typedef {import("../shared/outcome.js").Outcome} Outcome */
/**
 * @typedef {{ key: string, amounts: Record<string, string>, words: Record<string, string>, outcome?: Outcome,
 *   href?: string, isGood?: boolean, about?: string }} News
 */

/** The text of a bet that has ended. @param {Outcome} outcome */
function endKey(outcome) {
  const end = endOf(outcome);
  return end === "lost" && !isZero(outcome.paid) ? "news.lostPart" : `news.${end}`;
}

/**
 * The news of a bet that was known before; none where it was not, as on the first reading.
 * @param {Bet | undefined} before @param {Bet} bet
 * @returns {News | null}
 */
export function newsOfBet(before, bet) {
  const news = before ? changeOf(before, bet) : null;
  return news && { ...news, about: `${bet.betId}/${betRevision(bet)}` };
}

/** @param {Bet} before @param {Bet} bet @returns {News | null} */
function changeOf(before, bet) {
  const words = { side: bet.side, round: bet.roundId };
  const href = hashOf("verify", bet.betId);
  const hasEnded = isUnfinished(before) && !isUnfinished(bet);
  const outcome = outcomeOf(bet);
  if (hasEnded && !isZero(bet.settled)) {
    return {
      key: endKey(outcome),
      amounts: { amount: bet.settled },
      words,
      outcome,
      href,
      isGood: endOf(outcome) === "won",
    };
  }
  const back = subtract(bet.refunded, before.refunded);
  if (compare(back, "0") > 0) return { key: "news.back", amounts: {}, words, outcome: { ...outcome, back } };
  const met = subtract(before.open, bet.open);
  if (compare(met, "0") > 0)
    return { key: "news.matched", amounts: { amount: subtract(bet.amount, bet.open), stake: bet.amount }, words };
  return null;
}

/**
 * The news of a bet on a game whose period has ended.
 * @param {GameBet | undefined} before @param {GameBet} bet
 * @returns {News | null}
 */
export function newsOfGameBet(before, bet) {
  if (before?.status !== "PENDING" || bet.status === "PENDING") return null;
  const words = { round: roomName(roomOf(bet)), pick: pickName(bet.betType, bet.betValue) };
  const outcome = outcomeOfGame(bet);
  const key = bet.status === "LOST" ? "news.gameLost" : endKey(outcome);
  return { key, amounts: { amount: bet.betAmount }, words, outcome, isGood: endOf(outcome) === "won" };
}

/**
 * The news of deposits that were credited; none of those that were not known before, as on the first reading.
 * @param {Record<string, Deposit>} before @param {Record<string, Deposit>} deposits
 * @returns {News[]}
 */
export function newsOfDeposits(before, deposits) {
  const isNew = (/** @type {Deposit} */ { orderId, status }) =>
    status === "completed" && before[orderId] !== undefined && before[orderId].status !== "completed";
  return Object.values(deposits)
    .filter(isNew)
    .map(({ amount }) => ({ key: "news.credited", amounts: { amount }, words: {}, isGood: true }));
}

/** A deposit of that long ago is news no more, in milliseconds. */
const CREDIT_NEWS = 3_600_000;

/**
 * The newest deposit, if its credit is the last movement of the balance and it was opened a short time ago.
 * @param {State} state @param {number} now
 */
export function creditOf({ deposits, ledger }, now) {
  const last = ledger.entries.find(({ purse }) => purse === "CASH");
  const deposit = deposits[last?.referenceId ?? ""];
  return deposit?.status === "completed" && now - Date.parse(deposit.createdAt) < CREDIT_NEWS ? deposit : null;
}

/** The state of a bet at the moment when it was placed. @param {Bet} bet @returns {Bet} */
export const asPlaced = (bet) => ({
  ...bet,
  open: bet.amount,
  matched: "0",
  settled: "0",
  refunded: "0",
  payout: "0",
  ...(bet.commissionRate ? { commission: "0" } : {}),
});

/** @param {News} news @returns {import("../shared/types.d.ts").Event & { type: "news" }} */
export function newsEvent({ key, amounts, words, outcome, href, isGood, about }) {
  const shown = Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, money(amount)]));
  /** @type {Record<string, string>} */
  const told = outcome ? { net: signed(outcome.net), paid: paidText(outcome), back: backText(outcome) } : {};
  return {
    type: "news",
    text: t(/** @type {any} */ (key), { ...words, ...shown, ...told, round: roundName(words.round ?? "") }),
    href,
    isGood,
    about,
  };
}

/** What was sent, for the player. @param {Pick<State, "payees">} state @param {MoneyRequest} request */
export function sentWords({ payees }, { kind, body }) {
  const { amount = body.betAmount, side = "", betType = "", betValue = "", payeeId } = body;
  const end = payees?.find((payee) => payee.payeeId === payeeId)?.accountEndsWith;
  const account = end ? t("wallet.account.inside", { end }) : t("wallet.account.unknown");
  return t(`sent.${kind}`, {
    amount: money(amount),
    side,
    pick: kind === "gameBet" ? pickName(betType, betValue) : "",
    account,
  });
}

/**
 * What became of a request whose answer was lost. Its own view shows it beside the form.
 * @param {State} state @param {MoneyRequest} request @param {"arrived" | "absent"} kind
 * @returns {import("../shared/types.d.ts").Event & { type: "news" }}
 */
export function newsOfLost(state, request, kind) {
  const { name, id } = request.home;
  const isShown = state.route.name === name && state.route.id === id;
  const text = t(`lost.${kind}.${request.kind}`, { what: sentWords(state, request) });
  return {
    type: "news",
    text,
    isGood: kind === "arrived",
    isQuiet: isShown,
    href: isShown ? undefined : hashOf(name, id),
    see: isShown ? undefined : "lost.see",
  };
}
