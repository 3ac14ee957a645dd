// Lists by time and the search without a browser: the days in the address, the paths that are asked, the pace of
// typing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createActions } from "../console/actions.js";
import { createLoads } from "../console/loads.js";
import { keysOf, listKey } from "../console/routes.js";
import { spanKey, spanOf, spanParts } from "../console/span.js";
import { INITIAL } from "../console/state.js";

const route = (name, query = {}) => ({ name, id: null, query });

test("days are whole days of this browser, both included", () => {
  const at = (text) => new Date(text).toISOString();
  const span = new URLSearchParams(spanOf(route("rounds", { from: "2026-11-18", to: "2026-11-24" })));
  assert.deepEqual(Object.fromEntries(span), { since: at("2026-11-18T00:00:00"), until: at("2026-11-25T00:00:00") });
  assert.equal(
    spanOf(route("rounds", { from: "2026-12-31", to: "" })),
    `since=${encodeURIComponent(at("2026-12-31T00:00:00"))}`,
  );
  for (const query of [{}, { from: "yesterday" }, { to: "2026-11-2" }, { from: "<script>" }])
    assert.equal(spanOf(route("rounds", query)), "");
});

test("a list by time has a key for each part of it, and its name and its part come back", () => {
  const days = { from: "2026-11-18" };
  const key = spanKey("withdrawals", "completed", route("withdrawals", days));
  assert.deepEqual(spanParts(key.slice("withdrawals:".length)), {
    list: "completed",
    span: `&${spanOf(route("withdrawals", days))}`,
  });
  assert.deepEqual(spanParts("completed"), { list: "completed", span: "" });
  for (const [name, state, hasTime] of [
    ["rounds", "closed", true],
    ["rounds", "open", false],
    ["withdrawals", "rejected", true],
    ["withdrawals", "held", false],
  ]) {
    const shown = listKey(route(name, { ...days, state }), name);
    assert.equal(shown.includes("since="), hasTime, `${name} ${state}`);
    assert.ok(
      keysOf(route(name, { ...days, state }), name === "rounds" ? "operator" : "cashier").polled.includes(shown),
    );
  }
  assert.deepEqual(keysOf(route("search", { text: " ravi " }), "cashier"), { polled: [], once: ["search:ravi"] });
  assert.deepEqual(keysOf(route("search"), "cashier"), { polled: [], once: [] });
  assert.deepEqual(keysOf(route("users"), "auditor"), { polled: ["players:newest"], once: [] });
});

test("each list asks for its own path", async () => {
  const asked = [];
  const api = { get: async (path) => (asked.push(path), { data: [], nextCursor: null }) };
  const load = createLoads({
    api: /** @type {any} */ (api),
    get: () => INITIAL,
    dispatch: () => {},
    onProblem: assert.fail,
  });
  for (const key of [
    "rounds:closed?since=1",
    "rounds:open",
    "withdrawals:completed?until=2",
    "withdrawals:held",
    "players:newest?since=3&until=4",
    "players:newest",
    "search:a b",
  ])
    await load(key);
  assert.deepEqual(asked, [
    "/api/operator/rounds/ended?state=closed&since=1",
    "/api/rounds?",
    "/api/operator/withdrawals?state=completed&until=2",
    "/api/operator/withdrawals?state=held",
    "/api/operator/players?since=3&until=4",
    "/api/operator/players?",
    "/api/operator/search?text=a%20b",
  ]);
});

test("facts say where a player's opponents could not be read", async () => {
  const seen = [];
  const facts = { player: { userId: "41" } };
  const load = (opponents) => {
    const api = { get: async (path) => (path.endsWith("/facts") ? { data: facts } : opponents()) };
    const dispatch = (event) => event.type === "data" && seen.push(event.data.opponents);
    return createLoads({ api: /** @type {any} */ (api), get: () => INITIAL, dispatch, onProblem: assert.fail })(
      "facts:1",
    );
  };
  await load(() => ({ data: [{ userId: "42" }] }));
  await load(() => Promise.reject(new Error("not now")));
  assert.deepEqual(seen, [[{ userId: "42" }], null]);
});

test("a search begins once no key was pressed for a moment, or at once", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const location = { hash: "", replace: (hash) => (location.replaced = hash), replaced: "" };
  globalThis.location = /** @type {any} */ (location);
  let name = "overview";
  const parts = {
    api: {},
    session: {},
    load: () => {},
    get: () => ({ ...INITIAL, route: route(name) }),
    dispatch: () => {},
    onProblem: () => {},
    onOpen: () => {},
    reload: () => {},
  };
  const act = createActions(/** @type {any} */ (parts));
  for (const text of ["r", "ra", "ravi "]) act.search(text, false);
  context.mock.timers.tick(199);
  assert.equal(location.hash, "");
  context.mock.timers.tick(1);
  assert.equal(location.hash, "#/search?text=ravi");
  name = "search";
  act.search("", true);
  context.mock.timers.tick(0);
  assert.equal(location.replaced, "#/search", "further letters replace the address");
  delete globalThis.location;
});
