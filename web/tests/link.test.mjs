// The page's link: the rooms that it joins in each view, the revisions that it tells, and the events that it
// dispatches.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createLink } from "../player/link.js";
import { INITIAL, reduce } from "../shared/reduce.js";
import { BET, WALLET } from "./facts.mjs";

const gameBet = {
  betId: "g",
  status: "PENDING",
  createdAt: "2026-01-01T00:00:00Z",
  gameType: "wheel",
  duration: "30",
  periodId: "1",
  betType: "HALF",
  betValue: "low",
  betAmount: "10",
  winAmount: "0",
  result: null,
};
const result = {
  gameType: "wheel",
  duration: "30",
  periodId: "1",
  eventId: "wheel-30-1",
  endsAt: "2026-01-01T00:00:30Z",
  result: { number: "30" },
  winning: [{ betType: "HALF", betValue: "high" }],
};

/** A link over a socket that answers nothing by itself. @param {object[]} events The state before. */
async function linkOver(events) {
  let state = events.reduce(reduce, INITIAL);
  const sent = [];
  let socket;
  globalThis.document = { hidden: false };
  globalThis.location = { protocol: "http:", host: "test" };
  globalThis.WebSocket = class {
    constructor() {
      socket = this;
    }
    send(text) {
      sent.push(JSON.parse(text));
    }
    close() {}
  };
  const link = createLink({
    api: /** @type {any} */ ({}),
    session: /** @type {any} */ ({ token: async () => "t" }),
    kept: /** @type {any} */ ({ round() {} }),
    get: () => state,
    dispatch: (event) => (state = reduce(state, event)),
    onChange() {},
  });
  link.listen();
  link.start();
  socket.onopen();
  await new Promise((resolve) => setImmediate(resolve));
  return {
    link,
    sent,
    hear: (...frames) => socket.onmessage({ data: JSON.stringify({ v: 1, events: frames }) }),
    state: () => state,
  };
}

/** Money can arrive after a deposit has failed, and come back after it was paid out. */
test("an ended order changes again, and a page names its newest ones", async () => {
  const order = { orderId: "o", createdAt: "2026-01-01T00:00:00Z" };
  for (const [type, statuses] of [
    ["deposit", ["failed", "completed", "cancelled"]],
    ["withdrawal", ["completed", "failed"]],
  ]) {
    const { link, hear, state } = await linkOver([routed("wallet")]);
    const pushed = (revision) => ({
      type,
      revision: String(revision),
      data: { ...order, status: statuses[revision - 1] },
    });
    for (const revision of statuses.keys()) {
      hear(pushed(revision + 1));
      // An older state that comes again changes nothing.
      hear(pushed(1));
      assert.equal(state()[`${type}s`].o.status, statuses[revision]);
    }
    link.stop();
  }
  const ended = ["1", "2", "3", "4", "5", "6"].map((day) => ({
    orderId: day,
    createdAt: `2026-01-0${day}T00:00:00Z`,
    status: "failed",
  }));
  const { link, sent } = await linkOver(ended.map((data) => ({ type: "deposit", data })));
  assert.deepEqual(Object.keys(sent[0].known.orders), ["2", "3", "4", "5", "6"]);
  link.stop();
});

const routed = (name, id = null) => ({ type: "routed", route: { name, id, query: {} } });

test("each view joins its rooms, and those of games with pending bets", async () => {
  const period = { type: "periods", data: [{ gameType: "wheel", duration: "60", periodId: "5" }] };
  const table = [
    [[routed("play")], ["rounds", "games", "jackpots"]],
    [[routed("round", "cup")], ["rounds", "round:cup"]],
    [[period, routed("room", "wheel-60")], ["game:wheel-60"]],
    [[routed("room", "no-such-room")], []],
    [[{ type: "gameBet", data: gameBet }, routed("wallet")], ["game:wheel-30"]],
    [[{ type: "gameBet", data: { ...gameBet, status: "LOST" } }, routed("wallet")], []],
  ];
  for (const [events, rooms] of table) {
    const { link, sent } = await linkOver(events);
    assert.deepEqual(sent[0].rooms, rooms);
    link.stop();
  }
});

test("the page tells what it has, and orders by the revision that was pushed", async () => {
  const order = { orderId: "w", status: "pending", amount: "5", isHeld: true };
  const { link, hear, sent, state } = await linkOver([
    { type: "bet", data: BET },
    { type: "wallet", data: WALLET },
    { type: "gameBet", data: gameBet },
    { type: "withdrawal", data: order },
  ]);
  assert.deepEqual(sent[0].known, {
    wallet: "11/120",
    bets: { [BET.betId]: "4" },
    gameBets: ["g"],
    orders: { w: "0" },
  });
  hear({ type: "withdrawal", revision: "3", data: { ...order, isHeld: false } });
  assert.equal(state().withdrawals.w.isHeld, false);
  link.stop();
});

test("results, cancelled periods, jackpots and bets on games are folded as they are pushed", async () => {
  const { link, hear, state } = await linkOver([
    { type: "gameBet", data: gameBet },
    { type: "resultPage", room: "wheel-30", data: [], next: null, isFirst: true },
  ]);
  hear(
    { type: "gameResult", revision: "1", data: result },
    { type: "jackpots", revision: "x", data: [{ group: "minor" }] },
    { type: "period", revision: "1", data: { ...result, state: "REFUNDED", result: null } },
    { type: "later", revision: "1", data: {} },
  );
  assert.equal(state().drawnPeriods["wheel-30-1"].state, "REFUNDED");
  assert.equal(state().gameBets.g.status, "LOST");
  assert.deepEqual(
    state().results["wheel-30"].list.map(({ eventId }) => eventId),
    ["wheel-30-1"],
  );
  assert.deepEqual(state().jackpots, [{ group: "minor" }]);
  link.stop();
});
