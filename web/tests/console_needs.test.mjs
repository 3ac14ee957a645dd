// What needs a person in Overview: each backlog and alarm, worst first, and nothing said that was not read.

import assert from "node:assert/strict";
import { test } from "node:test";
import { NEEDS_FROM, isWaiting, needsOf } from "../console/needs.js";
import { keysOf } from "../console/routes.js";
import { INITIAL } from "../console/state.js";

const NOW = Date.parse("2026-11-24T18:21:40Z");
const ago = (minutes) => new Date(NOW - minutes * 60_000).toISOString();

const queue = (name, more = {}) => ({
  queue: name,
  waiting: "0",
  inFlight: "0",
  deadLetters: "0",
  oldestDeadLetterAt: null,
  oldestUnfinishedAt: null,
  ...more,
});
const list = (items, next = null) => ({ items, next, pages: 1, isCut: false });
const minute = (more = {}) => ({ requests: "100", errors: "0", p95Micros: "4000", ...more });
const minutes = (count, more) => Array.from({ length: count }, () => minute(more));

/** Answers of a stage where all is well. */
const GOOD = {
  health: { healthy: true, table: true, queues: true, jackpots: true },
  queues: [queue("match"), queue("settle", { waiting: "50" })],
  "rounds:unfinished": list([]),
  proposals: { wins: [], terms: [] },
  queueMinutes: { minutes: [], queues: [{ queue: "match", completed: ["10"], failed: ["1"] }] },
  minutes: minutes(20),
  books: { checkedAt: ago(12), allCheckedAt: ago(12), violations: "0" },
  "withdrawals:held": list([]),
  "deposits:unclaimed": list([]),
  "withdrawals:unfinished": list([]),
  "audit:": { items: [], chain: { wrong: null } },
  reconciliations: list([{ counts: {} }]),
};

const found = (role, data = {}, loads = {}) =>
  needsOf({ ...INITIAL, platform: { currency: "INR" }, data: { ...GOOD, ...data }, loads }, role, NOW);
const shown = (role, data, loads) =>
  found(role, data, loads).needs.map(({ kind, title, count }) => [kind, title, count]);

test("where all is well, the check of the books is all that is shown", () => {
  for (const role of ["operator", "cashier", "auditor"]) {
    const { needs, isWhole } = found(role);
    assert.deepEqual(
      needs.map(({ kind, title, count, text }) => [kind, title, count, text]),
      [["good", "Books verified", "0 wrong", "12 min ago. All books were checked 12 min ago."]],
      role,
    );
    assert.deepEqual([needs.some(isWaiting), isWhole], [false, true], role);
  }
});

test("each thing that waits is a need", () => {
  const order = (state, minutesAgo, more = {}) => ({
    orderId: "o",
    amount: "10.5",
    state,
    createdAt: ago(minutesAgo),
    stoppedSince: null,
    ...more,
  });
  const table = [
    [
      "operator",
      { queues: [queue("settle", { waiting: "1093", oldestUnfinishedAt: ago(4) })] },
      ["bad", "Jobs wait", "1,093"],
    ],
    [
      "operator",
      {
        queues: [
          queue("settle", { waiting: "51" }),
          queue("match", { waiting: "60" }),
          queue("refund", { waiting: "50" }),
        ],
      },
      ["warn", "Jobs wait", "111"],
    ],
    [
      "operator",
      {
        queues: [
          queue("settle", { deadLetters: "2" }),
          queue("match", { deadLetters: "1", oldestDeadLetterAt: ago(20) }),
        ],
      },
      ["bad", "Dead letters", "3"],
    ],
    ["operator", { minutes: minutes(15, { p95Micros: "412000" }) }, ["warn", "Alarm: slow answers", "412 ms"]],
    ["operator", { minutes: [...minutes(15), ...minutes(5, { errors: "2" })] }, ["bad", "Alarm: errors", "10"]],
    [
      "operator",
      { queueMinutes: { minutes: [], queues: [{ queue: "match", completed: ["0", "9"], failed: ["0", "1"] }] } },
      ["warn", "Alarm: failed jobs", "1"],
    ],
    [
      "operator",
      { "rounds:unfinished": { ...list([{ roundId: "r", state: "CLOSED", closedAt: ago(16) }]), isCut: true } },
      ["warn", "Unfinished rounds", "1+"],
    ],
    ["operator", { proposals: { wins: [{}], terms: [{}] } }, ["", "Jackpot proposals", "2"]],
    [
      "operator",
      { health: { healthy: false, table: true, queues: false, jackpots: true } },
      ["bad", "The service does not answer", "1"],
    ],
    ["cashier", { "withdrawals:held": list([order("HELD", 90)], "next") }, ["warn", "Held withdrawals", "1+"]],
    ["cashier", { "deposits:unclaimed": list([order("UNCLAIMED", 5)]) }, ["warn", "Unclaimed deposits", "1"]],
    [
      "cashier",
      {
        "withdrawals:unfinished": list([
          order("HELD", 900),
          order("PROCESSING", 61),
          order("APPROVED", 5),
          order("PROCESSING", 5, { stoppedSince: ago(1) }),
        ]),
      },
      ["warn", "Late payouts", "2"],
    ],
    [
      "auditor",
      { "audit:": { items: [], chain: { wrong: { number: "3", why: "hash" } } } },
      ["bad", "The audit log is broken", "1"],
    ],
    [
      "auditor",
      { reconciliations: list([{ counts: {} }, { counts: { missing: "1" } }]) },
      ["warn", "Days with differences", "1"],
    ],
  ];
  for (const [role, data, expected] of table) {
    const books = ["good", "Books verified", "0 wrong"];
    assert.deepEqual(shown(role, data), [expected, books], expected[1]);
    const [{ href, part }] = found(role, data).needs;
    assert.equal(
      Boolean(href || part),
      expected[1] !== "The service does not answer",
      `${expected[1]} leads somewhere`,
    );
  }
});

test("the sum of orders that wait is that of all of them only if all were read", () => {
  const held = (next, isCut) => ({
    "withdrawals:held": { ...list([{ orderId: "o", amount: "10.5", state: "HELD", createdAt: ago(90) }], next), isCut },
  });
  const text = (data) => found("cashier", data).needs[0].text;
  assert.equal(text(held(null, false)), "10.50 INR in all, the oldest for 1 h 30 min. Approve or reject.");
  for (const data of [held("next", false), held(null, true)])
    assert.equal(text(data), "10.50+ INR, the oldest for 1 h 30 min. Approve or reject.");
});

test("a round is unfinished once it is late, not in the minutes after its end", () => {
  const oracle = { state: "CLOSED", draw: "oracle", winnerSide: null, closedAt: ago(90) };
  const table = [
    [{ state: "OPEN", closesBy: ago(1), closedAt: null }, 0],
    [{ state: "OPEN", closesBy: ago(3), closedAt: null }, 1],
    [{ state: "OPEN", closesBy: null, closedAt: null }, 0],
    [{ state: "CLOSED", draw: "match", closedAt: ago(14) }, 0],
    [{ state: "CLOSED", draw: "match", closedAt: ago(16) }, 1],
    [{ state: "CANCELLED", draw: "match", closedAt: ago(14) }, 0],
    [{ ...oracle, resultBy: ago(-60) }, 0],
    [{ ...oracle, resultBy: ago(16) }, 1],
    [{ ...oracle, winnerSide: "A", state: "RESULTED", resultBy: ago(-60) }, 1],
  ];
  for (const [round, count] of table) {
    assert.equal(
      found("operator", { "rounds:unfinished": list([round]) }).needs.filter(isWaiting).length,
      count,
      JSON.stringify(round),
    );
  }
});

test("an alarm that is not exceeded in each of its minutes does not ring", () => {
  const table = [
    { minutes: [...minutes(15, { p95Micros: "412000" }), minute()] },
    { minutes: minutes(14, { p95Micros: "412000" }) },
    { minutes: minutes(15, { p95Micros: "200000" }) },
    { minutes: minutes(20, { p95Micros: null }) },
    { minutes: [minute(), ...minutes(4, { errors: "2" })] },
    { minutes: minutes(5, { errors: "1" }) },
    { minutes: minutes(5, { errors: "0", requests: "0", p95Micros: null }) },
  ];
  for (const data of table) {
    assert.deepEqual(
      shown("operator", data).map(([, title]) => title),
      ["Books verified"],
      JSON.stringify(data).slice(0, 80),
    );
  }
});

test("the worst is first, and the books are last only if they are in order", () => {
  const busy = { queues: [queue("settle", { waiting: "60", deadLetters: "3" })], proposals: { wins: [{}], terms: [] } };
  const kinds = (books) => shown("operator", { ...busy, books }).map(([kind, title]) => `${kind} ${title}`);
  assert.deepEqual(kinds(GOOD.books), [
    "bad Dead letters",
    "warn Jobs wait",
    " Jackpot proposals",
    "good Books verified",
  ]);
  assert.deepEqual(kinds({ ...GOOD.books, violations: "2" }), [
    "bad Dead letters",
    "bad Books are wrong",
    "warn Jobs wait",
    " Jackpot proposals",
  ]);
});

test("the check of the books has its age, and is late after three hours", () => {
  const table = [
    [{ checkedAt: null, allCheckedAt: null, violations: "0" }, "note", "Books not verified yet"],
    [{ checkedAt: ago(180), allCheckedAt: ago(180), violations: "0" }, "good", "Books verified"],
    [{ checkedAt: ago(181), allCheckedAt: ago(181), violations: "0" }, "warn", "Books not verified"],
    [{ checkedAt: ago(10), allCheckedAt: ago(48 * 60 + 1), violations: "0" }, "warn", "Books not verified"],
    [{ checkedAt: ago(10), allCheckedAt: null, violations: "0" }, "good", "Books verified"],
    [{ checkedAt: ago(10), allCheckedAt: ago(10), violations: "4" }, "bad", "Books are wrong"],
    [{ checkedAt: null, allCheckedAt: null, violations: "4" }, "bad", "Books are wrong"],
  ];
  for (const [books, kind, title] of table) {
    assert.deepEqual(
      shown("auditor", { books }).map(([...one]) => one.slice(0, 2)),
      [[kind, title]],
      JSON.stringify(books),
    );
  }
});

test("nothing is said to wait nowhere before all of it was read", () => {
  for (const [role, keys] of Object.entries(NEEDS_FROM)) {
    const { polled, slow = [] } = keysOf({ name: "overview", id: null, query: {} }, role);
    for (const key of keys) {
      assert.ok([...polled, ...slow].includes(key), `${role} reads ${key}`);
      const { [key]: _, ...rest } = GOOD;
      const of = (loads) => needsOf({ ...INITIAL, data: rest, loads }, role, NOW);
      assert.equal(of({ [key]: { status: "loading" } }).isWhole, false, `${role} ${key}`);
      const failed = of({ [key]: { status: "failed", problem: { code: "offline", status: 0 } } });
      assert.deepEqual(
        [failed.isWhole, failed.needs.filter(isWaiting).map(({ title, count }) => [title, count])],
        [true, [["Not read", "1"]]],
        `${role} ${key}`,
      );
    }
  }
  const off = { status: "failed", problem: { code: "switched-off", status: 503 } };
  const { minutes: _, ...rest } = GOOD;
  const onAws = needsOf({ ...INITIAL, data: rest, loads: { minutes: off } }, "operator", NOW);
  assert.deepEqual([onAws.isWhole, onAws.needs.some(isWaiting)], [true, false]);
});
