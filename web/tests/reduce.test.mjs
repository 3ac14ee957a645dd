// The fold: newer states stay, older ones are dropped, in whatever order they arrive.

import assert from "node:assert/strict";
import { test } from "node:test";
import { add, subtract } from "../shared/money.js";
import { INITIAL, reduce } from "../shared/reduce.js";
import { betRevision, isNewerWallet, mergeRounds, walletRevision } from "../shared/revision.js";
import { BET, ROUND, WALLET } from "./facts.mjs";

/** @param {object[]} events */
const fold = (events, from = INITIAL) => events.reduce(reduce, from);

test("a bet's revision grows with each match, settlement and refund", () => {
  const steps = [
    { open: "100", matched: "0", settled: "0", refunded: "0" },
    { open: "40", matched: "60", settled: "0", refunded: "0" },
    { open: "40", matched: "0", settled: "60", refunded: "0" },
    { open: "0", matched: "0", settled: "60", refunded: "40" },
  ].map((parts) => ({ ...BET, amount: "100", ...parts }));
  assert.deepEqual(steps.map(betRevision), ["0", "60", "120", "200"]);
});

test("a wallet is newer by its version, then by less that is locked", () => {
  const table = [
    [{ version: "12" }, true],
    [{ version: "10", lockedBalance: "0" }, false],
    [{ lockedBalance: "20" }, true],
    [{ lockedBalance: "120.0" }, false],
    [{ lockedBalance: "121" }, false],
    [{ version: "9007199254740993" }, true],
  ];
  for (const [changes, expected] of table)
    assert.equal(isNewerWallet({ ...WALLET, ...changes }, WALLET), expected, JSON.stringify(changes));
  assert.equal(walletRevision(WALLET), "11/120");
});

test("a round keeps its further step, its sooner end and its later totals", () => {
  const open = { ...ROUND, state: "OPEN", seed: null, totalsAt: "2026-11-22T13:00:00Z" };
  const table = [
    [
      { totalsAt: "2026-11-22T13:00:00.5Z", matched: { A: "9", B: "9" } },
      { totalsAt: "2026-11-22T13:00:00.5Z", matched: { A: "9", B: "9" } },
    ],
    [{ totalsAt: "2026-11-22T12:00:00Z", matched: { A: "9", B: "9" } }, {}],
    [{ closesBy: "2026-11-22T13:30:00Z" }, { closesBy: "2026-11-22T13:30:00Z" }],
    [
      { closesBy: "2026-11-22T13:30:00Z", totalsAt: "2026-11-22T12:00:00Z", matched: { A: "9", B: "9" } },
      { closesBy: "2026-11-22T13:30:00Z" },
    ],
    [{ closesBy: "2026-11-22T15:00:00Z" }, {}],
    [{ state: "CLOSED", totalsAt: "2026-11-22T12:00:00Z", matched: { A: "9", B: "9" } }, { state: "CLOSED" }],
  ];
  for (const [changes, expected] of table)
    assert.deepEqual(mergeRounds(open, { ...open, ...changes }), { ...open, ...expected });
  const rising = [
    open,
    { ...open, state: "CLOSED" },
    { ...open, state: "CLOSED", seed: "5" },
    { ...open, state: "CANCELLED" },
    { ...open, state: "CANCELLED", seed: "5" },
  ];
  for (const [index, round] of rising.entries()) {
    for (const [other, known] of rising.entries())
      assert.equal(mergeRounds(known, round) === known, index <= other, `${index} ${other}`);
  }
});

test("states in any order, doubled and lost, fold to the newest that arrived", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = randomOf(seed);
    const history = bets(random);
    const sent = [...history, ...history.filter(() => random() < 0.5)]
      .filter(() => random() < 0.7)
      .sort(() => random() - 0.5);
    const newest = history.filter((bet) => sent.includes(bet)).at(-1);
    let last = "0";
    let state = INITIAL;
    for (const data of sent) {
      state = reduce(state, { type: "bet", data });
      const revision = betRevision(state.bets[BET.betId]);
      assert.ok(Number(revision) >= Number(last), `seed ${seed}: a revision went back`);
      last = revision;
    }
    assert.equal(state.bets[BET.betId], newest && newestOf(sent), `seed ${seed}`);
  }
});

/** The first of those with the largest revision. @param {any[]} sent */
const newestOf = (sent) =>
  sent.reduce((best, bet) => (Number(betRevision(bet)) > Number(betRevision(best)) ? bet : best));

/** A bet through its life, each state newer than the one before. @param {() => number} random */
function bets(random) {
  const states = [{ ...BET, amount: "100", open: "100", matched: "0", settled: "0", refunded: "0" }];
  while (states.length < 8) {
    const now = states[states.length - 1];
    const part = String(1 + Math.floor(random() * 20));
    const moves = [
      [now.open, (amount) => ({ open: subtract(now.open, amount), matched: add(now.matched, amount) })],
      [now.matched, (amount) => ({ matched: subtract(now.matched, amount), settled: add(now.settled, amount) })],
      [now.open, (amount) => ({ open: subtract(now.open, amount), refunded: add(now.refunded, amount) })],
    ];
    const [from, move] = moves[Math.floor(random() * 3)];
    if (Number(from) < Number(part)) continue;
    states.push({ ...now, ...move(part) });
  }
  return states;
}

/** Numbers from 0 to 1 that a seed repeats. @param {number} seed */
function randomOf(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test("an older state changes nothing at all", () => {
  const state = fold([
    { type: "bet", data: BET },
    { type: "wallet", data: WALLET },
    { type: "round", data: ROUND },
  ]);
  const old = [
    { type: "bet", data: { ...BET, settled: "0", open: "2" } },
    { type: "wallet", data: { ...WALLET, version: "10" } },
    { type: "round", data: { ...ROUND, state: "OPEN", seed: null } },
  ];
  for (const event of old) assert.equal(reduce(state, event), state, event.type);
});

test("a list keeps its order and its next page when its first page is read again", () => {
  const bet = (id, createdAt) => ({ ...BET, betId: id, createdAt });
  const [one, two, three] = [
    bet("1", "2026-01-01T00:00:03Z"),
    bet("2", "2026-01-01T00:00:02Z"),
    bet("3", "2026-01-01T00:00:01Z"),
  ];
  let state = fold([
    { type: "betPage", data: [two], next: "c", readTo: "2", isFirst: true },
    { type: "betPage", data: [three], next: null, readTo: null, isFirst: false },
  ]);
  state = fold([{ type: "betPage", data: [one, two], next: "c", readTo: "2", isFirst: true }], state);
  assert.deepEqual(state.myBets, { ids: ["1", "2", "3"], next: null, top: "1", readTo: null });
});

test("a push before the first page loses no further page, in whatever order they arrive", () => {
  const [first, second, third, fourth] = [4, 3, 2, 1].map((second) => ({
    ...BET,
    betId: `b${second}`,
    createdAt: `2026-01-01T00:00:0${second}Z`,
  }));
  const page = { type: "betPage", data: [second, third], next: "c", readTo: "2", isFirst: true };
  const push = { type: "bet", data: first };
  for (const events of [
    [push, page],
    [page, push],
    [{ type: "bet", data: second }, page, push],
    [push, page, page],
  ]) {
    const { myBets } = fold(events);
    assert.equal(myBets.next, "c");
    assert.deepEqual(
      fold([{ type: "betPage", data: [fourth], next: null, readTo: null, isFirst: false }, page], {
        ...INITIAL,
        ...fold(events),
      }).myBets,
      {
        ids: ["b4", "b3", "b2", "b1"].filter((id) => id !== "b4" || events.includes(push)),
        next: null,
        top: "b3",
        readTo: null,
      },
    );
  }
});

test("a first page that does not reach what was read before leaves no gap below it", () => {
  const bet = (number) => ({
    ...BET,
    betId: `b${number}`,
    createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, number)).toISOString(),
  });
  const read = [{ type: "betPage", data: [bet(3), bet(2)], next: "old", readTo: "2", isFirst: true }];
  const away = [
    { type: "bet", data: bet(9) },
    { type: "betPage", data: [bet(9), bet(8)], next: "new", readTo: "8", isFirst: true },
  ];
  assert.equal(fold([...read, ...away]).myBets.next, "new", "bets 4 to 7 are behind it");
  assert.equal(fold([...read, ...away]).myBets.readTo, "8");
  assert.equal(
    fold([...read, ...away, { type: "betPage", data: [bet(7), bet(6)], next: "newer", readTo: "6", isFirst: false }])
      .myBets.next,
    "newer",
  );
  assert.equal(
    fold([...read, { type: "betPage", data: [bet(4), bet(3)], next: "new", readTo: "3", isFirst: true }]).myBets.next,
    "old",
  );
});

test("every list that pushes fill as well keeps its further pages", () => {
  const gameBet = {
    betId: "g",
    status: "PENDING",
    createdAt: "2026-01-01T00:00:00Z",
    gameType: "wheel",
    duration: "30",
    periodId: "2",
    betType: "HALF",
    betValue: "low",
  };
  const games = fold([
    { type: "gameBet", data: gameBet },
    { type: "gameBetPage", data: [{ ...gameBet, betId: "h" }], next: "c", readTo: "2", isFirst: true },
  ]);
  assert.deepEqual(games.myGameBets, { ids: ["g", "h"], next: "c", top: "h", readTo: "2" });
  const result = (number) => ({ eventId: `e${number}`, periodId: String(number), gameType: "wheel", duration: "30" });
  const resultPage = (numbers, next) => ({
    type: "resultPage",
    room: "wheel-30",
    data: numbers.map(result),
    next,
    isFirst: true,
  });
  const results = fold([resultPage([2, 1], "c"), { type: "gameResult", data: result(9) }, resultPage([9, 8], "d")]);
  assert.equal(results.results["wheel-30"].next, "d", "results 3 to 7 are behind it");
  // A round that opens while the list is read is not on the answer, and stays.
  const open = { ...ROUND, state: "OPEN", seed: null };
  const rounds = fold([
    { type: "roundPage", data: [open], next: null, isFirst: true, listed: [] },
    { type: "round", data: { ...open, roundId: "new" } },
    { type: "roundPage", data: [open], next: "c", isFirst: true, listed: ["monday"] },
  ]);
  assert.deepEqual(rounds.openRounds, { ids: ["monday", "new"], next: "c" });
});

test("rounds leave the list of open rounds when they close", () => {
  const open = { ...ROUND, state: "OPEN", seed: null };
  const listed = fold([{ type: "roundPage", data: [open], next: null, isFirst: true, listed: [] }]);
  assert.deepEqual(listed.openRounds.ids, ["monday"]);
  assert.deepEqual(reduce(listed, { type: "round", data: ROUND }).openRounds.ids, []);
  const opened = reduce(listed, { type: "round", data: { ...open, roundId: "next" } });
  assert.deepEqual(opened.openRounds.ids, ["next", "monday"]);
});

test("a form keeps what was sent until it is answered", () => {
  const sent = { values: { stake: "10" } };
  const sending = { type: "sending", form: "bet", sent };
  const typed = { type: "typed", form: "bet", values: { stake: "5" } };
  const problem = (code, status) => ({
    type: "answered",
    form: "bet",
    problem: { code, status, title: "", detail: "" },
  });
  const form = (...events) => fold([sending, ...events]).forms.bet;
  const table = [
    [[], sent, undefined],
    [[typed], sent, "5"],
    [[typed, problem("offline", 0)], sent, "10"],
    [[problem("offline", 0), typed], sent, "10"],
    [[problem("unavailable", 503), sending, typed], sent, "10"],
    [[problem("offline", 0), sending, problem("too-many-requests", 429), typed], sent, "10"],
    [[problem("too-many-requests", 429), typed], null, "5"],
    [[problem("over-limit", 409), typed], null, "5"],
    [[problem("offline", 0), { type: "answered", form: "bet" }, typed], null, "5"],
  ];
  for (const [events, kept, stake] of table)
    assert.deepEqual([form(...events).sent, form(...events).values.stake], [kept, stake], JSON.stringify(events));
  assert.equal(
    form(problem("offline", 0), { type: "typed", form: "bet", values: { password: "p" } }).values.password,
    "p",
    "it is no part of the request",
  );
  assert.deepEqual(
    fold([
      { type: "sending", form: "login" },
      { ...problem("offline", 0), form: "login" },
      { ...typed, form: "login" },
    ]).forms.login.values,
    { stake: "5" },
  );
});

test("the end of a session leaves nothing of its player", () => {
  const state = fold([
    { type: "session", status: "open" },
    { type: "wallet", data: WALLET },
    { type: "bet", data: BET },
    { type: "round", data: ROUND },
    { type: "session", status: "none" },
  ]);
  assert.equal(state.wallet, null);
  assert.deepEqual(Object.keys(state.bets), []);
  assert.deepEqual(Object.keys(state.rounds), ["monday"]);
});

test("a deposit keeps its pay page while it is pending, and does not go back", () => {
  const deposit = { orderId: "o", status: "pending", amount: "5", checkout: { url: "u", parameters: {} } };
  let state = fold([
    { type: "deposit", data: deposit },
    { type: "depositPage", data: [{ ...deposit, checkout: null }] },
  ]);
  assert.equal(state.deposits.o.checkout.url, "u");
  state = fold(
    [
      { type: "deposit", data: { ...deposit, status: "completed", checkout: null } },
      { type: "deposit", data: deposit },
    ],
    state,
  );
  assert.equal(state.deposits.o.status, "completed");
});

test("an id that every object has names nothing before it is there, and its own thing afterwards", () => {
  const maps = [
    "rounds",
    "bets",
    "matches",
    "deposits",
    "withdrawals",
    "verifications",
    "changed",
    "gameBets",
    "periods",
    "results",
    "trends",
    "drawnPeriods",
  ];
  for (const id of ["constructor", "__proto__", "toString"]) {
    for (const map of maps) assert.equal(INITIAL[map][id], undefined, `${map} ${id}`);
    const at = "2026-11-28T10:00:00Z";
    const state = fold([
      { type: "round", data: { ...ROUND, roundId: id } },
      { type: "bet", data: { ...BET, roundId: id }, seenAt: 1 },
      { type: "matches", betId: id, data: [] },
      { type: "trends", room: id, data: [], periods: "1" },
      { type: "drawnPeriod", id, data: { periodId: "7" } },
      { type: "resultPage", room: id, data: [], next: null, isFirst: true },
      { type: "gameBet", data: { betId: id, status: "PENDING", createdAt: at } },
      { type: "deposit", data: { orderId: id, status: "pending", checkout: null } },
    ]);
    assert.equal(state.rounds[id].roundId, id);
    assert.deepEqual(
      [
        state.matches[id],
        state.trends[id].periods,
        state.drawnPeriods[id].periodId,
        state.results[id].list,
        state.gameBets[id].betId,
        state.deposits[id].orderId,
      ],
      [[], "1", "7", [], id, id],
    );
    // Another thing beside it leaves it where it is.
    assert.equal(fold([{ type: "round", data: ROUND }], state).rounds[id].roundId, id);
  }
});
