// The console without a browser: views and acts by role, fields and texts.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { bodyOf, faultOf, fieldsOf } from "../console/acts/fields.js";
import { ACTS, mayAct, wayOutAct } from "../console/acts/index.js";
import { typedTerms, typedWin } from "../console/acts/jackpots.js";
import { heard } from "../console/link.js";
import { ROLES, VIEWS, roleOf, viewName, viewsOf } from "../console/roles.js";
import { keysOf } from "../console/routes.js";
import { INITIAL, reduce } from "../console/state.js";
import { age } from "../console/texts.js";
import { console as texts } from "../i18n/console.js";
import { en } from "../i18n/en.js";

const web = path.resolve(import.meta.dirname, "..");
const read = (file) => fs.readFileSync(path.join(web, file), "utf8");

/** The modules that a module reaches, itself included. */
function reached(file, found = new Set()) {
  if (found.has(file)) return found;
  found.add(file);
  for (const [, to] of read(file).matchAll(/from "(\.[^"]+\.js)"/g)) reached(path.join(path.dirname(file), to), found);
  return found;
}

const modules = [...reached("console/main.js")];
const sources = modules.filter((file) => file.startsWith("console/")).map(read);

test("the page reaches each of its modules", () => {
  const all = fs
    .readdirSync(path.join(web, "console"), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith(".js"));
  assert.deepEqual(
    all.map((file) => `console/${file}`).sort(),
    modules.filter((file) => file.startsWith("console/")).sort(),
  );
});

test("every text that a module names is in a catalogue", () => {
  const named = sources.flatMap((text) => [...text.matchAll(/\b(?:t|said)\(\s*"([\w.-]+)"/g)].map(([, key]) => key));
  assert.ok(named.length > 100);
  assert.deepEqual(
    named.filter((key) => !(key in texts || key in en)),
    [],
  );
});

/** Families of keys whose last part is a value. */
const FAMILIES = [
  "sockets.",
  "limit.",
  "period.",
  "step.",
  "users.",
  "rounds.",
  "act.",
  "field.",
  "option.",
  "problem.",
  "nav.",
  "role.",
  "group.",
  "hold.",
  "redrive.",
  "letter.kind.",
  "letters.",
  "withdrawals.",
  "deposits.",
  "days.",
  "search.",
  "audit.why.",
  "jackpot.",
  "difference.",
  "overview.",
  "needs.",
  "reconciliation.",
  "report.",
  "switches.",
];

test("every text of the catalogue is used", () => {
  const all = sources.join("\n");
  const isUsed = (key) =>
    all.includes(`"${key}"`) ||
    FAMILIES.some((family) => key.startsWith(family)) ||
    /\.(state|kind)\.[\w-]+$|^(identity|resolution|unclaimed)\.|^(blocked|console\.noRole)\./.test(key);
  assert.deepEqual(
    Object.keys(texts).filter((key) => !isUsed(key)),
    [],
  );
});

test("every act has its title, its verb and its words afterwards, and every field its label", () => {
  for (const [name, { fields }] of Object.entries(ACTS)) {
    for (const part of ["title", "text", "verb", "done"])
      assert.ok(`act.${name}.${part}` in texts, `act.${name}.${part}`);
    for (const field of fields) assert.ok(`field.${field.name}` in texts, `field.${field.name}`);
  }
});

test("roles by views", () => {
  const table = VIEWS.map(({ name }) =>
    `${name.padEnd(15)}${ROLES.map((role) => (viewsOf(role).some((view) => view.name === name) ? role : "-").padEnd(10)).join("")}`.trim(),
  );
  assert.deepEqual(table, [
    "search         operator  cashier   auditor",
    "overview       operator  cashier   auditor",
    "queues         operator  -         auditor",
    "dead-letters   operator  -         -",
    "rounds         operator  -         -",
    "periods        operator  -         -",
    "jackpots       operator  -         -",
    "sockets        operator  -         auditor",
    "users          operator  cashier   auditor",
    "withdrawals    -         cashier   auditor",
    "deposits       -         cashier   auditor",
    "accounts       -         cashier   auditor",
    "reconciliation -         cashier   auditor",
    "audit          -         -         auditor",
  ]);
  assert.deepEqual(["player", "oracle", "contributor", ""].map(roleOf), [null, null, null, null]);
  assert.equal(viewName("audit", "operator"), "overview");
  for (const { name } of VIEWS) for (const role of ROLES) assert.ok(keysOf({ name, id: "1", query: {} }, role));
});

test("a view is in the rooms whose events it shows, and no role is in a room that is not for it", () => {
  const rooms = (role, name, id = null, query = {}) => heard({ name, id, query }, role).rooms;
  const table = [
    ["operator", "overview", null, {}, ["admin"]],
    ["cashier", "overview", null, {}, ["cashier"]],
    ["auditor", "overview", null, {}, ["admin", "cashier"]],
    ["operator", "queues", null, {}, ["admin"]],
    ["auditor", "sockets", null, {}, ["admin"]],
    ["operator", "rounds", "r-1", {}, ["round:r-1"]],
    ["operator", "rounds", null, {}, []],
    ["operator", "periods", "g/30/period/7", {}, ["admin:g-30"]],
    ["cashier", "withdrawals", null, {}, ["cashier"]],
    ["cashier", "withdrawals", null, { state: "unfinished" }, []],
    ["auditor", "deposits", null, {}, ["cashier"]],
    ["auditor", "audit", null, {}, []],
    [null, "overview", null, {}, []],
  ];
  for (const [role, name, id, query, expected] of table)
    assert.deepEqual(rooms(role, name, id, query), expected, `${role} ${name}`);
  // What an event brings to a view is also read without a socket.
  const polled = (name, role) => keysOf({ name, id: null, query: {} }, role).polled;
  assert.ok(["health", "traffic", "queues", "sockets"].every((key) => polled("overview", "operator").includes(key)));
  assert.ok(["withdrawals:held", "deposits:unclaimed"].every((key) => polled("overview", "cashier").includes(key)));
});

test("roles by acts: an auditor has none, and nobody has those of another role", () => {
  const of = (role) => Object.keys(ACTS).filter((name) => mayAct(name, role));
  assert.deepEqual(of("auditor"), []);
  assert.deepEqual(of("player"), []);
  assert.deepEqual(
    of("operator").filter((name) => of("cashier").includes(name)),
    [],
  );
  assert.equal(of("operator").length + of("cashier").length, Object.keys(ACTS).length);
});

test("a way out of a dead letter opens its act", () => {
  const table = [
    ["POST /api/operator/bets/b-1/refund", { act: "bet.refund", subject: { betId: "b-1" } }],
    [
      "POST /api/operator/rounds/r%201/matches/m-1/void",
      { act: "match.void", subject: { roundId: "r 1", matchId: "m-1" } },
    ],
    ["POST /api/rounds/r-1/cancel", { act: "round.cancel", subject: { roundId: "r-1" } }],
    ["POST /api/elsewhere", null],
  ];
  for (const [request, expected] of table) assert.deepEqual(wayOutAct(request), expected, request);
});

test("a field that is missing or wrong is named before anything is sent", () => {
  const dialog = { act: "round.cancel", subject: { roundId: "r-1" } };
  const fault = (values) => faultOf(fieldsOf(ACTS["round.cancel"], dialog, values), values);
  const table = [
    [{}, { field: "reason", code: "field-missing" }],
    [{ reason: "   " }, { field: "reason", code: "field-missing" }],
    [
      { reason: "x".repeat(201), typed: "r-1" },
      { field: "reason", code: "reason-long" },
    ],
    [
      { reason: "stuck", typed: "r-2" },
      { field: "typed", code: "typed-differs" },
    ],
    [{ reason: "stuck", typed: "r-1" }, null],
  ];
  for (const [values, expected] of table) assert.deepEqual(fault(values), expected);
  const password = faultOf(
    fieldsOf(ACTS["round.close"], { act: "round.close", subject: {}, needsPassword: true }, {}),
    { reason: "over" },
  );
  assert.deepEqual(password, { field: "password", code: "field-missing" });
});

test("a reason that cannot be seen is a missing one", () => {
  const fault = (reason) =>
    faultOf(fieldsOf(ACTS["round.close"], { act: "round.close", subject: {} }, { reason }), { reason });
  for (const unseen of ["\u200d", "\u200c\ufe0f", "\u202e", "\u0301"])
    assert.deepEqual(fault(unseen), { field: "reason", code: "field-missing" });
  for (const seen of ["x", "ठीक", "👍", "…"]) assert.equal(fault(seen), null);
});

test("a second operator begins with the values of the first one, without the reason", () => {
  const fault = (act, values) => faultOf(fieldsOf(ACTS[act], { act, subject: { group: "minor" } }, values), values);
  const win = typedWin({ opId: "op-1", userId: "41", amount: null, reason: "theirs", proposedBy: "7" });
  const terms = typedTerms({
    version: "2",
    startAmount: "10",
    rate: "0.01",
    reserveRate: "0.02",
    odds: "1000",
    mustHitBy: null,
    reason: "theirs",
  });
  assert.deepEqual(
    [win, terms],
    [
      { opId: "op-1", userId: "41" },
      { startAmount: "10", rate: "0.01", reserveRate: "0.02", odds: "1000" },
    ],
  );
  assert.deepEqual(
    [fault("jackpot.award", win), fault("jackpot.terms", terms)],
    Array(2).fill({ field: "reason", code: "field-missing" }),
  );
});

test("a body has the values that are shown, amounts as the API writes them", () => {
  const { fields } = ACTS["player.adjust"];
  assert.deepEqual(bodyOf(fields, { opId: " receipt-7 ", amount: "1,000.50", reason: "desk" }), {
    opId: "receipt-7",
    kind: "credit",
    amount: "1000.5",
    reason: "desk",
  });
  assert.deepEqual(bodyOf(ACTS["round.open"].fields, { roundId: "r", oracleName: "hidden" }), {
    roundId: "r",
    draw: "match",
  });
});

test("the end of a session leaves nothing that was read", () => {
  const events = [
    { type: "session", status: "open", user: { role: "cashier" } },
    { type: "data", key: "withdrawals:held", data: { items: [], next: null } },
    { type: "dialog", dialog: { act: "round.close", subject: {}, values: { reason: "x" } } },
    { type: "session", status: "none" },
  ];
  const ended = events.reduce(reduce, INITIAL);
  assert.deepEqual([ended.data, ended.forms, ended.dialog, ended.session.user], [{}, {}, null, null]);
});

test("ages have their two largest units", () => {
  const now = Date.parse("2026-11-23T10:00:00Z");
  const table = [
    ["2026-11-23T09:59:18Z", "42 s"],
    ["2026-11-23T09:50:01Z", "9 min"],
    ["2026-11-23T07:56:00Z", "2 h 4 min"],
    ["2026-11-20T07:00:00Z", "3 d 3 h"],
    ["2026-11-23T10:00:09Z", "0 s"],
  ];
  for (const [since, expected] of table) assert.equal(age(since, now), expected);
});
