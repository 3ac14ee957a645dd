// When the unmatched part of a bet is returned: after the time that the platform sets, or when its round closes before.

import { durationName } from "./game_words.js";
import { t, whenSet } from "./texts.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Round} Round */

/**
 * The moment of the return, in milliseconds.
 * @param {NonNullable<State["platform"]>} platform @param {Round | undefined} round
 * @param {number} placedAt Milliseconds
 */
function returnedAt({ refundAfterSeconds }, round, placedAt) {
  const closesAt = Date.parse(round?.closesBy ?? "") || Infinity;
  return { closesAt, at: Math.min(placedAt + Number(refundAfterSeconds) * 1000, closesAt) };
}

/** For a bet that is placed now. @param {State} state @param {Round} round @param {number} now */
export function returnWords({ platform }, round, now) {
  if (!platform) return "";
  const { at, closesAt } = returnedAt(platform, round, now);
  return at === closesAt
    ? t("bet.returned.closing")
    : t("bet.returned.after", { time: durationName(platform.refundAfterSeconds) });
}

/**
 * For an unmatched bet; nothing once that time has passed.
 * @param {State} state @param {import("../shared/types.d.ts").Bet} bet @param {number} now
 */
export function returnNote({ platform, rounds }, { roundId, createdAt }, now) {
  if (!platform) return "";
  const { at } = returnedAt(platform, rounds[roundId], Date.parse(createdAt));
  return at > now ? t("bet.returned.at", { time: whenSet(new Date(at).toISOString()) }) : "";
}
