// The console without a browser: views and acts by role, fields, texts, the chain of the audit log, and the fold.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { createActions } from "../console/actions.js";
import { bodyOf, faultOf, fieldsOf } from "../console/acts/fields.js";
import { ACTS, mayAct, wayOutAct } from "../console/acts/index.js";
import { checkEntries, checkLines, hashOfEntry, hashOfLine } from "../console/chain.js";
import { heard } from "../console/link.js";
import { ROLES, VIEWS, roleOf, viewName, viewsOf } from "../console/roles.js";
import { keysOf } from "../console/routes.js";
import { INITIAL, reduce } from "../console/state.js";
import { age } from "../console/texts.js";
import { Refused, createApi, problemOf } from "../shared/api.js";
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

test("the page preloads each module that it reaches, and no other", () => {
  const preloaded = [...read("console/index.html").matchAll(/rel="modulepreload" href="\/([^"]+)"/g)].map(([, file]) => file);
  assert.deepEqual(preloaded.sort(), modules.filter((file) => file !== "console/main.js").sort());
  const all = fs.readdirSync(path.join(web, "console"), { recursive: true }).map(String).filter((file) => file.endsWith(".js"));
  assert.deepEqual(all.map((file) => `console/${file}`).sort(), modules.filter((file) => file.startsWith("console/")).sort());
});

test("every text that a module names is in a catalogue", () => {
  const named = sources.flatMap((text) => [...text.matchAll(/\b(?:t|said)\(\s*"([\w.-]+)"/g)].map(([, key]) => key));
  assert.ok(named.length > 100);
  assert.deepEqual(named.filter((key) => !(key in texts || key in en)), []);
});

/** Families of keys whose last part is a value. */
const FAMILIES = ["sockets.", "limit.", "period.", "step.", "users.", "rounds.", "act.", "field.", "option.", "problem.", "nav.", "role.", "group.", "hold.", "redrive.", "letter.kind.", "letters.", "withdrawals.", "deposits.", "audit.why.", "jackpot.", "difference.", "overview.", "reconciliation.", "report.", "switches."];

test("every text of the catalogue is used", () => {
  const all = sources.join("\n");
  const isUsed = (key) => all.includes(`"${key}"`) || FAMILIES.some((family) => key.startsWith(family)) || /\.(state|kind)\.[\w-]+$|^(identity|resolution|unclaimed)\.|^(blocked|console\.noRole)\./.test(key);
  assert.deepEqual(Object.keys(texts).filter((key) => !isUsed(key)), []);
});

test("every act has its title, its verb and its words afterwards, and every field its label", () => {
  for (const [name, { fields }] of Object.entries(ACTS)) {
    for (const part of ["title", "text", "verb", "done"]) assert.ok(`act.${name}.${part}` in texts, `act.${name}.${part}`);
    for (const field of fields) assert.ok(`field.${field.name}` in texts, `field.${field.name}`);
  }
});

test("roles by views", () => {
  const table = VIEWS.map(({ name }) => `${name.padEnd(15)}${ROLES.map((role) => (viewsOf(role).some((view) => view.name === name) ? role : "-").padEnd(10)).join("")}`.trim());
  assert.deepEqual(table, [
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
  for (const { name } of VIEWS) for (const role of ROLES) assert.ok(keysOf({ name, id: "1", query: {} }, role, 0));
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
  for (const [role, name, id, query, expected] of table) assert.deepEqual(rooms(role, name, id, query), expected, `${role} ${name}`);
  // What an event brings to a view is also read without a socket.
  const polled = (name, role) => keysOf({ name, id: null, query: {} }, role, 0).polled;
  assert.ok(["health", "traffic", "queues", "sockets"].every((key) => polled("overview", "operator").includes(key)));
  assert.ok(["withdrawals:held", "deposits:unclaimed"].every((key) => polled("overview", "cashier").includes(key)));
});

test("roles by acts: an auditor has none, and nobody has those of another role", () => {
  const of = (role) => Object.keys(ACTS).filter((name) => mayAct(name, role));
  assert.deepEqual(of("auditor"), []);
  assert.deepEqual(of("player"), []);
  assert.deepEqual(of("operator").filter((name) => of("cashier").includes(name)), []);
  assert.equal(of("operator").length + of("cashier").length, Object.keys(ACTS).length);
});

test("a way out of a dead letter opens its act", () => {
  const table = [
    ["POST /api/operator/bets/b-1/refund", { act: "bet.refund", subject: { betId: "b-1" } }],
    ["POST /api/operator/rounds/r%201/matches/m-1/void", { act: "match.void", subject: { roundId: "r 1", matchId: "m-1" } }],
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
    [{ reason: "x".repeat(201), typed: "r-1" }, { field: "reason", code: "reason-long" }],
    [{ reason: "stuck", typed: "r-2" }, { field: "typed", code: "typed-differs" }],
    [{ reason: "stuck", typed: "r-1" }, null],
  ];
  for (const [values, expected] of table) assert.deepEqual(fault(values), expected);
  const password = faultOf(fieldsOf(ACTS["round.close"], { act: "round.close", subject: {}, needsPassword: true }, {}), { reason: "over" });
  assert.deepEqual(password, { field: "password", code: "field-missing" });
});

test("a reason that cannot be seen is a missing one", () => {
  const fault = (reason) => faultOf(fieldsOf(ACTS["round.close"], { act: "round.close", subject: {} }, { reason }), { reason });
  for (const unseen of ["\u200d", "\u200c\ufe0f", "\u202e", "\u0301"]) assert.deepEqual(fault(unseen), { field: "reason", code: "field-missing" });
  for (const seen of ["x", "ठीक", "👍", "…"]) assert.equal(fault(seen), null);
});

/** Letters whose act is answered with a status, and an API that counts what it is asked. */
function letters(answers) {
  const asked = [];
  const post = async (path, body) => {
    const id = decodeURIComponent(path.split("/").at(-2));
    asked.push([id, body.reason]);
    const status = answers[id];
    if (status !== 200) throw new Refused(problemOf(`code-${status}`, status));
    return { data: { id, outcome: "redriven" } };
  };
  return { api: { post }, asked };
}

test("an act on marked dead letters goes on after one that is gone or fails, and says what became of each", async () => {
  const { api, asked } = letters({ "a:1": 200, "a:2": 404, "b:3": 503, "b:4": 200, "b:5": 422 });
  for (const action of ["redrive", "delete"]) {
    const { send, report, result } = ACTS[`marked.${action}`];
    const answer = await send(api, { ids: ["a:1", "a:2", "b:3", "b:4", "b:5"] }, { reason: "again" });
    assert.deepEqual(asked.splice(0), ["a:1", "a:2", "b:3", "b:4", "b:5"].map((id) => [id, "again"]));
    const failed = [503, 422].map((status, index) => ({ id: ["b:3", "b:5"][index], problem: problemOf(`code-${status}`, status) }));
    assert.deepEqual(report(answer), { action, done: 2, gone: 1, failed });
    assert.deepEqual(result(answer), { count: "2" });
  }
});

test("an act on marked dead letters asks no more once the connection or the session is lost", async () => {
  for (const status of [0, 401, 403]) {
    const { api, asked } = letters({ "a:1": 200, "a:2": status, "a:3": 200 });
    const answer = await ACTS["marked.delete"].send(api, { ids: ["a:1", "a:2", "a:3"] }, { reason: "r" });
    assert.equal(asked.length, 2);
    assert.deepEqual([answer.done, answer.gone, answer.failed.map(({ id, problem }) => [id, problem.status])], [1, 0, [["a:2", status], ["a:3", status]]]);
  }
});

test("an act on all that match reports those that went since they were counted, and those that were kept", () => {
  const data = [{ id: "a:1", outcome: "redriven" }, { id: "a:2", outcome: "sent" }, { id: "a:3", outcome: "kept" }];
  const { report, result, send, typed } = ACTS["letters.redrive"];
  const subject = { filter: { queue: "refund" }, count: "5" };
  assert.deepEqual(report({ data }, subject), { action: "redrive", done: 2, gone: 2, failed: [{ id: "a:3", problem: problemOf("letter-kept", 503) }] });
  assert.deepEqual(result({ data }, subject), { count: "2" });
  const sent = [];
  void send({ post: (path, body) => sent.push([path, body]) }, subject, { reason: "r", typed: "5" });
  assert.equal(typed(subject), "5");
  assert.deepEqual(sent, [["/api/operator/dead-letters", { queue: "refund", action: "redrive", limit: "5", reason: "r" }]]);
});

/** The events of actions with this state, whose API gives these answers. */
function acting(state, answers) {
  const events = [];
  const post = async () => answers.shift();
  const api = { post, get: post, patch: post };
  const actions = createActions({ api, session: {}, load: () => null, get: () => state, dispatch: (event) => events.push(event), onProblem: () => null, onOpen: () => null, reload: () => null });
  return { actions, events };
}

test("a repeated act says that it had been done before, and not that it is a line of the log", async () => {
  const answer = async (replayed) => {
    const body = JSON.stringify({ data: {} });
    const send = async () => new Response(body, { status: 200, headers: replayed ? { "idempotency-replayed": "true" } : {} });
    return createApi({ session: { token: async () => "t" }, fetch: send }).post("/x");
  };
  for (const isRepeat of [false, true]) {
    const state = { ...INITIAL, dialog: { act: "user.block", subject: { userId: "7" } }, forms: { act: { values: { reason: "r" } } } };
    const { actions, events } = acting(state, [await answer(isRepeat)]);
    await actions.confirm();
    const said = events.find(({ type }) => type === "news").text;
    assert.equal(said, `User 7 is blocked. ${texts[isRepeat ? "act.replayed" : "act.logged"]}`);
  }
});

test("the number before all that match is the number that is acted upon, and the rest is named", async () => {
  const letter = (id) => ({ id, outcome: "would-redrive" });
  const table = [
    [{ data: [letter("a:1"), letter("a:2")], matched: "9", unsendable: "3", unseen: "5" }, "2", /^3 that match .* About 5 more .* 4 more match/],
    [{ data: [letter("a:1")], matched: "1", unsendable: "0", unseen: "0" }, "1", /^$/],
  ];
  for (const [answer, count, note] of table) {
    const { actions, events } = acting(INITIAL, [answer]);
    await actions.askAll("redrive", { queue: "refund" });
    const { dialog } = events.find(({ type }) => type === "dialog");
    assert.deepEqual([dialog.act, dialog.subject.count], ["letters.redrive", count]);
    assert.match(dialog.subject.note, note);
  }
  const { actions, events } = acting(INITIAL, [{ data: [], matched: "3", unsendable: "3", unseen: "0" }]);
  await actions.askAll("redrive", { queue: "refund" });
  assert.equal(events.filter(({ type }) => type === "dialog").length, 0);
  assert.match(events.find(({ type }) => type === "news").text, /^No job that matches can be sent again. 3 that match/);
});

test("a body has the values that are shown, amounts as the API writes them", () => {
  const { fields } = ACTS["player.adjust"];
  assert.deepEqual(bodyOf(fields, { opId: " receipt-7 ", amount: "1,000.50", reason: "desk" }), { opId: "receipt-7", kind: "credit", amount: "1000.5", reason: "desk" });
  assert.deepEqual(bodyOf(ACTS["round.open"].fields, { roundId: "r", oracleName: "hidden" }), { roundId: "r", draw: "match" });
});

/** A log of some lines that follow each other. */
async function log(count) {
  const lines = [];
  for (let number = 1; number <= count; number += 1) {
    const line = { number: String(number), at: "2026-11-23T10:00:00Z", actor: "7", action: "close-round", subject: "r\\1", reason: "a\nb", before: "OPEN", after: "CLOSED", previousHash: lines.at(-1)?.hash ?? "0".repeat(64), hash: "" };
    lines.push({ ...line, hash: await hashOfLine(line) });
  }
  return lines;
}

test("lines of the audit log follow each other, and a changed, missing or swapped one is found", async () => {
  const lines = await log(4);
  assert.deepEqual(await checkLines(lines), { count: 4, wrong: null });
  assert.deepEqual(await checkLines(lines.slice(2)), { count: 2, wrong: null });
  const table = [
    [lines.map((line, index) => (index === 2 ? { ...line, reason: "another" } : line)), "3", "hash"],
    [[lines[0], lines[2], lines[3]], "3", "number"],
    [lines.map((line, index) => (index === 1 ? { ...line, previousHash: "1".repeat(64) } : line)), "2", "previousHash"],
    [lines.map((line, index) => (index === 0 ? { ...line, previousHash: "1".repeat(64) } : line)), "1", "previousHash"],
  ];
  for (const [changed, number, why] of table) assert.deepEqual((await checkLines(changed)).wrong, { number, why });
});

test("the hash of a line is that of docs/manual/auditor.md", async () => {
  const line = { number: "1", at: "t", actor: "7", action: "a", subject: "s\\1", reason: "a\nb", before: "", after: "x", previousHash: "p" };
  const { createHash } = await import("node:crypto");
  assert.equal(await hashOfLine(line), createHash("sha256").update("1\nt\n7\na\ns\\\\1\na\\nb\n\nx\np").digest("hex"));
});

test("entries of a ledger follow each other, and a changed, missing or swapped one is found", async () => {
  const entries = [];
  for (let number = 1; number <= 3; number += 1) {
    const entry = { number: String(number), idempotentKey: `FUND:${number}`, type: "CREDIT", purse: number === 2 ? "BONUS" : "CASH", amount: "10", account: "house", referenceId: "x", balanceBefore: "0", balanceAfter: "10", createdAt: "t", previousHash: entries[0]?.hash ?? "0".repeat(64), hash: "" };
    entries.unshift({ ...entry, hash: await hashOfEntry("7", entry) });
  }
  assert.deepEqual(await checkEntries("7", entries), { count: 3, wrong: null });
  assert.deepEqual((await checkEntries("8", entries)).wrong, { number: "3", why: "hash" });
  assert.deepEqual((await checkEntries("7", [entries[0], entries[2]])).wrong, { number: "3", why: "number" });
  assert.deepEqual((await checkEntries("7", entries.map((entry) => ({ ...entry, purse: "CASH" })))).wrong, { number: "2", why: "hash" });
});

test("a further page is added to the known ones, and the end of a session leaves nothing that was read", () => {
  const events = [
    { type: "session", status: "open", user: { role: "cashier" } },
    { type: "data", key: "withdrawals:held", data: { items: [1], next: "c" } },
    { type: "data", key: "withdrawals:held", data: { items: [2], next: null }, isMore: true },
  ];
  const state = events.reduce(reduce, INITIAL);
  assert.deepEqual(state.data["withdrawals:held"], { items: [1, 2], next: null });
  const ended = reduce(reduce(state, { type: "dialog", dialog: { act: "round.close", subject: {}, values: { reason: "x" } } }), { type: "session", status: "none" });
  assert.deepEqual([ended.data, ended.forms, ended.dialog, ended.session.user], [{}, {}, null, null]);
});

test("ages have their two largest units", () => {
  const now = Date.parse("2026-11-23T10:00:00Z");
  const table = [["2026-11-23T09:59:18Z", "42 s"], ["2026-11-23T09:50:01Z", "9 min"], ["2026-11-23T07:56:00Z", "2 h 4 min"], ["2026-11-20T07:00:00Z", "3 d 3 h"], ["2026-11-23T10:00:09Z", "0 s"]];
  for (const [since, expected] of table) assert.equal(age(since, now), expected);
});
