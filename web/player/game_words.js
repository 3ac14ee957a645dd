// Names of games, of their bets and of their results. Games are drawn from GET /api/games, and no game is named here:
// a word that the catalogue has is translated, and any other is shown as it is written.

import { partsOf } from "../shared/rooms.js";
import { has, t } from "./texts.js";

/** @typedef {import("../shared/types.d.ts").Game} Game */
/** @typedef {import("../shared/types.d.ts").Selection} Selection */

/** @param {string} text */
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {string} name */
const word = (name) => (has(`word.${name}`) ? t(/** @type {any} */ (`word.${name}`)) : null);

/** As "Two Words" of `two_words`; parts with digits are in capitals. @param {string} gameType */
export const gameName = (gameType) =>
  gameType
    .split("_")
    .map((part) => (/\d/.test(part) ? part.toUpperCase() : capital(part)))
    .join(" ");

/** @param {string | number} seconds */
export function durationName(seconds) {
  const whole = Number(seconds);
  return whole % 60 === 0
    ? t("duration.minutes", { count: String(whole / 60) })
    : t("duration.seconds", { count: String(whole) });
}

/** @param {string} room */
export function roomName(room) {
  const { gameType, duration } = partsOf(room);
  return `${gameName(gameType)} ${durationName(duration)}`;
}

/** The last digits of a period's id, which tell periods of a day apart. @param {string} periodId */
export const periodName = (periodId) => `…${periodId.slice(-4)}`;

/** A type of bet, or a fact of a result. @param {string} name */
export function typeName(name) {
  const lower = name.toLowerCase();
  return (
    word(lower) ??
    (lower.length === 1
      ? name
      : capital(
          lower
            .split("_")
            .map((part) => word(part)?.toLowerCase() ?? part)
            .join(" "),
        ))
  );
}

/** The value of a bet, such as `big`, `A_3` or `1,2,5`. @param {string} value */
export function valueName(value) {
  const whole = word(value);
  if (whole) return whole;
  const parts = value
    .split(/[_,]/)
    .map((part, index) => (index ? (word(part)?.toLowerCase() ?? part) : (word(part) ?? part)));
  return capital(parts.join(" "));
}

/**
 * A bet in a sentence: its value, after its type where the value is a mere number.
 * @param {string} betType @param {string} betValue
 */
export const pickName = (betType, betValue) =>
  /^[\d,]+$/.test(betValue) ? `${typeName(betType)} ${valueName(betValue)}` : valueName(betValue);

/** Facts that add symbols up; they are no symbols themselves. */
const SUMS = new Set(["sum"]);

/** The drawn symbols of a result, in their order. @param {Record<string, string>} result */
export const symbolsOf = (result) =>
  Object.entries(result)
    .filter(([name, value]) => /^\d+$/.test(value) && !SUMS.has(name))
    .map(([, value]) => value);

/** Everything else that is known of a result, in words. @param {Record<string, string>} result */
export const factsOf = (result) =>
  Object.entries(result)
    .filter(([name, value]) => !/^\d+$/.test(value) || SUMS.has(name))
    .map(([name, value]) =>
      SUMS.has(name) ? `${typeName(name)} ${value}` : value.split(",").map(valueName).join(", "),
    )
    .join(" · ");

/** More values of one type are split by the first part of their names. */
const SPLIT_ABOVE = 12;

/**
 * @template T
 * @param {T[]} list @param {(one: T) => string} keyOf
 */
function groupBy(list, keyOf) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

/**
 * The bets of one type, or a part of them that belongs together.
 * @typedef {{ name: string, bets: { selection: Selection, label: string }[] }} Group
 */

/** The groups of one type. @param {Selection[]} selections @returns {Group[]} */
function groupsOf(selections) {
  const name = typeName(selections[0].betType);
  const canSplit = selections.length > SPLIT_ABOVE && selections.every(({ betValue }) => betValue.includes("_"));
  if (!canSplit)
    return [{ name, bets: selections.map((selection) => ({ selection, label: valueName(selection.betValue) })) }];
  const parts = groupBy(selections, ({ betValue }) => betValue.slice(0, betValue.indexOf("_")));
  return [...parts].map(([part, of]) => ({
    name: `${name} · ${valueName(part)}`,
    bets: of.map((selection) => ({ selection, label: valueName(selection.betValue.slice(part.length + 1)) })),
  }));
}

/**
 * The types of a game's bets in their order, each with its groups.
 * @param {Game} game @returns {{ type: string, name: string, groups: Group[] }[]}
 */
export const typesOf = (game) =>
  [...groupBy(game.selections, ({ betType }) => betType)].map(([type, of]) => ({
    type,
    name: typeName(type),
    groups: groupsOf(of),
  }));
