// Turns a change of a bet into news for the player. Pure.

import { compare, isZero, received, subtract } from "../shared/money.js";
import { isUnfinished } from "../shared/revision.js";
import { hashOf } from "../shared/router.js";
import { roomOf } from "../shared/rooms.js";
import { pickName, roomName } from "./game_words.js";
import { money, roundName, t } from "./texts.js";

/** @typedef {import("../shared/types.d.ts").Bet} Bet */
/** @typedef {import("../shared/types.d.ts").GameBet} GameBet */
/** @typedef {{ key: string, amounts: Record<string, string>, words: Record<string, string>, href?: string, isGood?: boolean }} News */

/**
 * The news of a bet that was known before; none where it was not, as on the first reading.
 * @param {Bet | undefined} before @param {Bet} bet
 * @returns {News | null}
 */
export function newsOfBet(before, bet) {
  if (!before) return null;
  const words = { side: bet.side, round: bet.roundId };
  const href = hashOf("verify", bet.betId);
  const hasEnded = isUnfinished(before) && !isUnfinished(bet);
  if (hasEnded && !isZero(bet.payout)) return { key: "news.won", amounts: { amount: received(bet) }, words, href, isGood: true };
  if (hasEnded && !isZero(bet.settled)) return { key: "news.lost", amounts: { amount: bet.settled }, words, href };
  const back = subtract(bet.refunded, before.refunded);
  if (compare(back, "0") > 0) return { key: "news.back", amounts: { amount: back }, words };
  const met = subtract(before.open, bet.open);
  if (compare(met, "0") > 0) return { key: "news.matched", amounts: { amount: subtract(bet.amount, bet.open), stake: bet.amount }, words };
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
  if (bet.status === "WON") return { key: "news.won", amounts: { amount: bet.winAmount }, words, isGood: true };
  if (bet.status === "LOST") return { key: "news.gameLost", amounts: { amount: bet.betAmount }, words };
  return { key: "news.back", amounts: { amount: bet.winAmount }, words };
}

/** The state of a bet at the moment when it was placed. @param {Bet} bet @returns {Bet} */
export const asPlaced = (bet) => ({ ...bet, open: bet.amount, matched: "0", settled: "0", refunded: "0", payout: "0", ...(bet.commissionRate ? { commission: "0" } : {}) });

/** @param {News} news @returns {import("../shared/types.d.ts").Event & { type: "news" }} */
export function newsEvent({ key, amounts, words, href, isGood }) {
  const shown = Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, money(amount)]));
  return { type: "news", text: t(/** @type {any} */ (key), { ...words, ...shown, round: roundName(words.round ?? "") }), href, isGood };
}
