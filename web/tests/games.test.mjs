// Games: how they are drawn from their description, what a bet pays, and the fold of their periods, results and bets.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  durationName,
  factsOf,
  gameName,
  pickName,
  roomName,
  symbolsOf,
  typesOf,
  valueName,
} from "../player/game_words.js";
import { newsOfGameBet } from "../player/news.js";
import { idOf, laggingOf, mineOf } from "../player/mine.js";
import { payout } from "../shared/money.js";
import { INITIAL, reduce } from "../shared/reduce.js";
import { partsOf, pathOf, phaseOf, roomOf } from "../shared/rooms.js";
import { BET } from "./facts.mjs";

/** @param {object[]} events */
const fold = (events, from = INITIAL) => events.reduce(reduce, from);

/** A game that exists nowhere. */
const WHEEL = {
  gameType: "lucky_wheel",
  selections: [
    ...Array.from({ length: 37 }, (_, number) => ({
      betType: "STRAIGHT_UP",
      betValue: String(number),
      multipliers: ["36"],
      returnToPlayer: "95.35",
    })),
    { betType: "HALF", betValue: "low", multipliers: ["2", "1.9"], returnToPlayer: "95.35" },
    { betType: "HALF", betValue: "high", multipliers: ["2"], returnToPlayer: "95.35" },
  ],
};

test("a game that the page does not know has names, types and values", () => {
  assert.equal(gameName(WHEEL.gameType), "Lucky Wheel");
  assert.equal(roomName("lucky_wheel-90"), "Lucky Wheel 90 s");
  const types = typesOf(/** @type {any} */ (WHEEL));
  assert.deepEqual(
    types.map(({ name, groups }) => [name, groups.map(({ bets }) => bets.length)]),
    [
      ["Straight up", [37]],
      ["Half", [2]],
    ],
  );
  assert.deepEqual(
    types[1].groups[0].bets.map(({ label }) => label),
    ["Low", "High"],
  );
});

test("many values of one type are split by the first part of their names", () => {
  const selections = ["A", "B"].flatMap((place) =>
    Array.from({ length: 10 }, (_, digit) => ({
      betType: "POSITION",
      betValue: `${place}_${digit}`,
      multipliers: ["9"],
    })),
  );
  const [{ groups }] = typesOf(/** @type {any} */ ({ selections }));
  assert.deepEqual(
    groups.map(({ name, bets }) => [name, bets.length, bets[3].label]),
    [
      ["Position · A", 10, "3"],
      ["Position · B", 10, "3"],
    ],
  );
});

test("names of values are words, digits, or what the API writes", () => {
  const table = [
    ["big", "Big"],
    ["7", "7"],
    ["A_3", "A 3"],
    ["A_big", "A big"],
    ["1,2,5", "1 2 5"],
    ["pair_1_2", "Pair 1 2"],
    ["triple_any", "Any triple"],
    ["new_word", "New word"],
  ];
  for (const [value, expected] of table) assert.equal(valueName(value), expected, value);
  assert.equal(pickName("NUMBER", "7"), "Number 7");
  assert.equal(pickName("COLOR", "green"), "Green");
  assert.deepEqual([30, 60, "300"].map(durationName), ["30 s", "1 min", "5 min"]);
});

test("a result has its symbols in their order, and the rest in words", () => {
  const table = [
    [{ number: "5", color: "green,violet", size: "big" }, ["5"], "Green, Violet · Big"],
    [{ dice_1: "2", dice_2: "4", dice_3: "1", sum: "7", sum_parity: "odd" }, ["2", "4", "1"], "Sum 7 · Odd"],
  ];
  for (const [result, symbols, facts] of table) {
    assert.deepEqual(symbolsOf(result), symbols);
    assert.equal(factsOf(result), facts);
  }
});

test("a bet pays the stake less its fee, times the multiplier, to the last digit", () => {
  const table = [
    ["10", "2", "2", "19.6"],
    ["10.01", "2", "1.5", "14.7147"],
    ["0.01", "2", "207.36", "2.032128"],
    ["9999999999.99", "2", "207.36", "2032127999997.967872"],
  ];
  for (const [stake, fee, price, expected] of table)
    assert.equal(payout(stake, fee, price), expected, `${stake} × ${price}`);
});

test("a room's id has its game and its length", () => {
  assert.equal(roomOf({ gameType: "lucky_wheel", duration: "30" }), "lucky_wheel-30");
  assert.deepEqual(partsOf("a-b-30"), { gameType: "a-b", duration: "30" });
  assert.equal(pathOf("lucky_wheel-30"), "/api/games/lucky_wheel/30");
});

test("a period is open until it closes, and takes no bets before the platform has opened it", () => {
  const period = { seedHash: "aa", closesAt: "2026-01-01T00:00:25Z", endsAt: "2026-01-01T00:00:30Z" };
  const at = (seconds) => Date.UTC(2026, 0, 1, 0, 0, seconds);
  assert.deepEqual(
    [0, 24, 25, 29, 30].map((seconds) => phaseOf(/** @type {any} */ (period), at(seconds))),
    ["open", "open", "closed", "closed", "ended"],
  );
  assert.equal(phaseOf(/** @type {any} */ ({ ...period, seedHash: null }), at(1)), "shut");
});

const result = (periodId) => ({
  gameType: "g",
  duration: "30",
  periodId,
  eventId: `g-30-${periodId}`,
  endsAt: "2026-01-01T00:00:00Z",
  result: {},
});

test("results are newest first, each once, whatever order they arrive in", () => {
  let state = fold([{ type: "resultPage", room: "g-30", data: [result("3"), result("1")], next: "c", isFirst: true }]);
  state = fold(
    [
      { type: "gameResult", data: result("2") },
      { type: "gameResult", data: result("3") },
    ],
    state,
  );
  state = fold(
    [{ type: "resultPage", room: "g-30", data: [result("4"), result("3")], next: "d", isFirst: true }],
    state,
  );
  assert.deepEqual(
    state.results["g-30"].list.map(({ periodId }) => periodId),
    ["4", "3", "2", "1"],
  );
  assert.equal(state.results["g-30"].next, "c", "the older pages are still there");
  assert.equal(
    reduce(state, { type: "gameResult", data: { ...result("9"), duration: "60" } }),
    state,
    "a room that is not shown is left alone",
  );
});

const gameBet = (betId, status, createdAt = "2026-01-01T00:00:00Z") => ({
  betId,
  status,
  createdAt,
  gameType: "g",
  duration: "30",
  periodId: "1",
  betType: "HALF",
  betValue: "low",
  betAmount: "10",
  bonusAmount: "0",
  platformFee: "0.2",
  winAmount: "0",
  result: null,
});

test("a bet on a game ends once, and does not go back", () => {
  const state = fold([
    { type: "gameBet", data: gameBet("b", "PENDING") },
    { type: "gameBet", data: { ...gameBet("b", "WON"), winAmount: "19.6" } },
  ]);
  assert.equal(reduce(state, { type: "gameBet", data: gameBet("b", "PENDING") }).gameBets.b.status, "WON");
  assert.deepEqual(state.myGameBets.ids, ["b"]);
});

test("the end of a bet on a game is told once", () => {
  const table = [
    [undefined, "WON", null],
    ["PENDING", "PENDING", null],
    ["PENDING", "WON", "news.won"],
    ["PENDING", "LOST", "news.gameLost"],
    ["PENDING", "REFUNDED", "news.back"],
    ["WON", "WON", null],
  ];
  const ended = (status) => ({
    ...gameBet("b", status),
    winAmount: status === "LOST" ? "0" : status === "WON" ? "19.6" : "10",
  });
  for (const [before, status, expected] of table)
    assert.equal(newsOfGameBet(before && gameBet("b", before), ended(status))?.key ?? null, expected);
});

test("bets of both kinds are one list, and none is missing between those that are shown", () => {
  const at = (hour) => `2026-01-01T${hour}:00:00Z`;
  const bet = (betId, hour) => ({ ...BET, betId, createdAt: at(hour) });
  const events = [
    { type: "betPage", data: [bet("r9", "09"), bet("r5", "05")], next: "c", readTo: at("05"), isFirst: true },
    {
      type: "gameBetPage",
      data: [gameBet("g8", "LOST", at("08")), gameBet("g3", "LOST", at("03"))],
      next: null,
      readTo: null,
      isFirst: true,
    },
  ];
  const ids = (kind) => mineOf(fold(events), kind).map(({ bet: one, game }) => (one ?? game).betId);
  assert.deepEqual(ids("all"), ["r9", "g8", "r5"], "there may be bets in rounds before g3 that were not read");
  assert.deepEqual(ids("games"), ["g8", "g3"]);
  assert.deepEqual(ids("rounds"), ["r9", "r5"]);
});

test("a list that has no bets in what was read hides none of the other list", () => {
  const at = (hour) => `2026-01-01T${String(hour).padStart(2, "0")}:00:00Z`;
  const bet = (hour, open = "0") => ({ ...BET, betId: `r${hour}`, createdAt: at(hour), open, matched: "0" });
  const game = (hour, status = "LOST") => ({ ...gameBet(`g${hour}`, status), createdAt: at(hour) });
  const rounds = (hours, readTo, next = "c", isFirst = true) => ({
    type: "betPage",
    data: hours.map((hour) => bet(hour)),
    next,
    readTo,
    isFirst,
  });
  const games = (hours, readTo, next = "c", isFirst = true) => ({
    type: "gameBetPage",
    data: hours.map((hour) => game(hour)),
    next,
    readTo,
    isFirst,
  });
  const table = [
    // One bet on a game, then hundreds in rounds: the games were read back to 10.
    [[rounds([21, 20, 19], at(19)), games([22], at(10))], "g22 r21 r20 r19", ["bets"]],
    [[rounds([21, 20, 5], at(5)), games([22], at(10))], "g22 r21 r20", ["gameBets"]],
    [[rounds([21], at(21)), games([21], at(21))], "r21 g21", ["bets", "gameBets"]],
    [[rounds([], at(4)), games([22], at(21))], "g22", ["gameBets"]],
    [[rounds([21, 20], null, null), games([3], at(3))], "r21 r20 g3", ["gameBets"]],
    [[rounds([21], null, null), games([3], null, null)], "r21 g3", []],
    // A further page moves the end; the first page, read again, does not.
    [[rounds([21], at(21)), games([9], null, null), rounds([12], at(12), "d", false)], "r21 r12", ["bets"]],
    [
      [rounds([21], at(21)), games([9], null, null), rounds([12], at(12), "d", false), rounds([21], at(21))],
      "r21 r12",
      ["bets"],
    ],
    // Pushed bets come before the first page.
    [
      [{ type: "bet", data: bet(23) }, { type: "gameBet", data: game(22) }, rounds([21], at(21)), games([20], at(20))],
      "r23 g22 r21",
      ["bets"],
    ],
    // A bet that still runs is shown, however far back it is.
    [
      [
        rounds([21], at(21)),
        games([22], at(22)),
        { type: "bet", data: bet(2, "10") },
        { type: "bet", data: bet(3) },
        { type: "gameBet", data: game(1, "PENDING") },
      ],
      "g22 r2 g1",
      ["gameBets"],
    ],
  ];
  for (const [events, expected, lagging] of table) {
    const state = fold(events);
    assert.equal(mineOf(state, "all").map(idOf).join(" "), expected, JSON.stringify(events));
    assert.deepEqual(laggingOf(state, "all"), lagging, JSON.stringify(events));
  }
});

test("a withdrawal does not go back, and is held no more once it was released", () => {
  const order = (status, isHeld) => ({ type: "withdrawal", data: { orderId: "w", status, isHeld } });
  const steps = [
    order("pending", true),
    order("pending", false),
    order("processing", false),
    order("completed", false),
  ];
  for (const [index, step] of steps.entries()) {
    const state = fold([...steps.slice(0, index + 1), ...steps.slice(0, index)]);
    assert.deepEqual(state.withdrawals.w, step.data, String(index));
  }
});

test("a result marks the bets that lost; winners wait for their payout", () => {
  const won = { ...gameBet("won", "PENDING"), betValue: "high" };
  const other = { ...gameBet("other", "PENDING"), periodId: "2" };
  const before = fold([gameBet("lost", "PENDING"), won, other].map((data) => ({ type: "gameBet", data })));
  const told = { ...result("1"), winning: [{ betType: "HALF", betValue: "high", multiplier: "2" }] };
  const state = reduce(before, { type: "gameResult", data: told });
  assert.deepEqual(
    ["lost", "won", "other"].map((id) => state.gameBets[id].status),
    ["LOST", "PENDING", "PENDING"],
  );
});
