// The loads of the console: lists whose pages stay at a refresh, loads that wait for each other, and the day of the
// audit log.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { createLoads } from "../console/loads.js";
import { LIST_NAMES, extended, nextRow, refreshed, withoutGone } from "../console/lists.js";
import { hashOfEntry } from "../console/chain.js";
import { ROLES, VIEWS } from "../console/roles.js";
import { keysOf } from "../console/routes.js";
import { INITIAL, reduce } from "../console/state.js";
import { Refused, problemOf } from "../shared/api.js";
import { createStore } from "../shared/store.js";

const KEY = "rounds:open";

/** @param {string} names One letter a round. @param {string | null} next */
const list = (names, next = null, more = {}) => ({
  items: [...names].map((roundId) => ({ roundId })),
  next,
  pages: 1,
  ...more,
});
const names = ({ items }) => items.map(({ roundId }) => roundId).join("");

test("a refresh keeps further pages, moves no row, and names those that have left", () => {
  const table = [
    // what is known, what a refresh read, the row that is shown → the rows, the next page, those that left
    [list("abcdef", "6"), list("abc", "3"), null, "abcdef", "6", ""],
    [list("abcdef", "6"), list("acd", "4"), null, "acdef", "6", "b"],
    [list("abcdef", "6"), list("xab", "2"), null, "xabcdef", "6", ""],
    [list("abcdef", "6"), list("xyz", "z"), null, "xyz", "z", ""],
    [list("abcdef"), list("abdf"), null, "abdf", null, "ce"],
    [list("abc"), list("abcde", "5"), null, "abcde", "5", ""],
    [list("abcdef"), list("abdf"), "c", "abcdf", null, "ce"],
    [list("abc"), list("bc"), "a", "abc", null, "a"],
    [list("abc"), list(""), "b", "b", null, "abc"],
    [list("abc"), list(""), "z", "", null, "abc"],
    [undefined, list("ab", "2"), null, "ab", "2", ""],
  ];
  for (const [known, fresh, shown, rows, next, gone] of table) {
    const found = refreshed(KEY, known, fresh, shown);
    assert.deepEqual(
      [names(found), found.next, (found.gone ?? []).join("")],
      [rows, next, gone],
      `${known && names(known)} and ${names(fresh)}`,
    );
  }
});

test("a row that has left stays while it is shown, and one that comes back has not left", () => {
  const left = refreshed(KEY, list("abc"), list("ac"), "b");
  assert.deepEqual([names(left), left.gone], ["abc", ["b"]]);
  const again = refreshed(KEY, left, list("ac"), "b");
  assert.deepEqual([names(again), again.gone], ["abc", ["b"]]);
  const moved = refreshed(KEY, again, list("ac"), "c");
  assert.deepEqual([names(moved), moved.gone], ["ac", ["b"]]);
  const back = refreshed(KEY, moved, list("abc"), "c");
  assert.deepEqual([names(back), back.gone], ["abc", []]);
  assert.deepEqual(withoutGone(KEY, left), list("ac"));
  assert.equal(names(refreshed(KEY, { ...left, next: "3" }, list("a", "1"), null)), "ac");
});

test("a further page is put behind the known rows, and a row that is in both is there once", () => {
  const found = extended(KEY, { ...list("abc", "3"), gone: ["x"] }, list("cde", "5"));
  assert.deepEqual([names(found), found.next, found.pages, found.gone], ["abcde", "5", 2, ["x"]]);
});

test("another view begins without the rows that had left", () => {
  const left = refreshed(KEY, list("abc"), list("ac"), "b");
  const at = (state, name, id) => reduce(state, { type: "routed", route: { name, id, query: {} } });
  const state = at(reduce(at(INITIAL, "rounds", "b"), { type: "data", key: KEY, data: left }), "rounds", "c");
  assert.equal(names(state.data[KEY]), "abc");
  const elsewhere = at(state, "overview", null);
  assert.deepEqual([names(elsewhere.data[KEY]), elsewhere.data[KEY].gone], ["ac", undefined]);
});

/** A row with which the server does not answer. */
const FAILS = {};

/** Loads over a server that has these rows, two a page; `hold` makes it answer later. */
function loading(rows) {
  const asked = [];
  let gate = Promise.resolve();
  const store = createStore(reduce, {
    ...INITIAL,
    session: { status: "open", user: { userId: "7" }, end: null, was: null },
  });
  const get = async (path) => {
    asked.push(path);
    const found = [...rows];
    await gate;
    if (rows.includes(FAILS)) throw new Refused(problemOf("unavailable", 503));
    const from = Number(/cursor=(\d+)/.exec(path)?.[1] ?? 0);
    return { data: found.slice(from, from + 2), ...(from + 2 < found.length ? { nextCursor: String(from + 2) } : {}) };
  };
  const problems = [];
  const load = createLoads({
    api: { get },
    get: store.get,
    dispatch: store.dispatch,
    onProblem: (problem) => problems.push(problem),
  });
  const hold = () => {
    let open;
    gate = new Promise((resolve) => (open = resolve));
    return open;
  };
  return { load, store, asked, hold, rows, problems };
}

test("each list keeps its further pages when it is read again", async () => {
  for (const name of LIST_NAMES) {
    const field =
      {
        rounds: "roundId",
        players: "userId",
        bets: "betId",
        gameBets: "betId",
        entries: "number",
        reconciliations: "reportId",
      }[name] ?? "orderId";
    const rows = [];
    for (let number = 5; number > 0; number -= 1) {
      const entry = {
        userId: "7",
        number: String(number),
        idempotentKey: `K:${number}`,
        type: "CREDIT",
        purse: "CASH",
        amount: "1",
        account: "house",
        referenceId: "x",
        balanceBefore: "0",
        balanceAfter: "1",
        createdAt: "t",
        previousHash: "0".repeat(64),
      };
      rows.push({ ...entry, [field]: String(number), hash: await hashOfEntry("7", entry) });
    }
    const { load, store } = loading(rows);
    const key = `${name}:7`;
    const shown = () =>
      store
        .get()
        .data[key].items.map((row) => row[field])
        .join("");
    await load(key);
    assert.equal(shown(), "54", name);
    await load(key, { isMore: true });
    await load(key, { isMore: true });
    assert.equal(shown(), "54321", name);
    rows.splice(1, 1);
    await load(key);
    assert.equal(shown(), "5321", name);
    assert.deepEqual(store.get().data[key].gone, ["4"], name);
  }
});

test("a further page waits for the refresh that is under way, and a second click is the same request", async () => {
  const { load, store, asked, hold } = loading([..."abcde"].map((roundId) => ({ roundId })));
  await load(KEY);
  const open = hold();
  const all = [load(KEY), load(KEY, { isMore: true }), load(KEY, { isMore: true }), load(KEY)];
  open();
  await Promise.all(all);
  assert.equal(names(store.get().data[KEY]), "abcd");
  assert.deepEqual(asked, ["/api/rounds?", "/api/rounds?", "/api/rounds?&cursor=2"]);
});

test("after an act, an answer that was asked for before it is not the last one", async () => {
  const { load, store, hold, rows } = loading([..."ab"].map((roundId) => ({ roundId })));
  const open = hold();
  const old = load(KEY);
  await Promise.resolve();
  rows.shift();
  const fresh = load(KEY, { isAnew: true });
  open();
  await Promise.all([old, fresh]);
  assert.equal(names(store.get().data[KEY]), "b");
});

test("an answer that arrives after the end of the session is dropped", async () => {
  const { load, store, hold } = loading([..."ab"].map((roundId) => ({ roundId })));
  const open = hold();
  const late = load(KEY);
  await Promise.resolve();
  load.forget();
  store.dispatch({ type: "session", status: "none" });
  open();
  await late;
  assert.deepEqual([store.get().data, store.get().loads], [{}, {}]);
});

test("a further page that cannot be read says so and leaves the rows", async () => {
  const { load, store, rows, problems } = loading([..."abc"].map((roundId) => ({ roundId })));
  await load(KEY);
  rows.push(FAILS);
  await load(KEY, { isMore: true });
  const { status, isMore, problem } = store.get().loads[KEY];
  assert.deepEqual(
    [names(store.get().data[KEY]), status, isMore, problem.code, problems.length],
    ["ab", "failed", true, "unavailable", 1],
  );
});

const MIDNIGHT = Date.parse("2026-11-24T00:00:00Z");

test("no key of a view depends on the time", (context) => {
  context.after(() => mock.timers.reset());
  mock.timers.enable({ apis: ["Date"], now: MIDNIGHT - 1_000 });
  const all = () =>
    VIEWS.flatMap(({ name }) =>
      ROLES.flatMap((role) => [null, "1"].map((id) => keysOf({ name, id, query: {} }, role))),
    );
  const before = all();
  mock.timers.setTime(MIDNIGHT + 1_000);
  assert.deepEqual(all(), before);
});

test("today's audit log is that of the server, and its further pages are of the same day", async () => {
  const asked = [];
  const get = async (path) => {
    asked.push(path);
    const number = Number(new URL(path, "http://x").searchParams.get("after")) + 1;
    return {
      data: number > 2 ? [] : [{ number: String(number), at: "2026-11-23T23:59:59Z" }],
      nextAfter: number < 2 ? String(number) : null,
    };
  };
  const store = createStore(reduce, INITIAL);
  const load = createLoads({ api: { get }, get: store.get, dispatch: store.dispatch, onProblem: () => null });
  await load("audit:");
  assert.deepEqual(asked, ["/api/operator/audit?after=0", "/api/operator/audit?day=2026-11-23&after=1"]);
  const { day, items, isWhole } = store.get().data["audit:"];
  assert.deepEqual([day, items.length, isWhole], ["2026-11-23", 2, true]);
  await load("audit:2026-11-20");
  assert.deepEqual(asked.slice(2, 3), ["/api/operator/audit?day=2026-11-20&after=0"]);
});

test("after a decision the next row that still waits follows, and then the first one", () => {
  const rows = ["HELD", "APPROVED", "REJECTED", "HELD"].map((state, index) => ({ state, index }));
  const next = (index, of = rows) => nextRow(of, index, ({ state }) => state === "HELD")?.index;
  assert.deepEqual([next(1), next(3), next(-1), next(0, rows.slice(0, 2))], [3, 0, 0, undefined]);
});
