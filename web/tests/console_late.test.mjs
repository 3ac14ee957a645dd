// Answers that come after the reader has moved on: they open no dialog, move to no view, and change no other dialog.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createActions } from "../console/actions.js";
import { INITIAL, reduce } from "../console/state.js";
import { Refused, problemOf } from "../shared/api.js";
import { createStore } from "../shared/store.js";

/** An answer that is given when the test says so. */
function later() {
  let give;
  let fail;
  const answer = new Promise(
    (resolve, reject) => ([give, fail] = [resolve, (code, status) => reject(new Refused(problemOf(code, status)))]),
  );
  return { answer, give, fail };
}

/** Actions whose requests are answered later, one after another, and the address that they lead to. */
function acting() {
  const store = createStore(reduce, {
    ...INITIAL,
    session: { status: "open", user: { userId: "7", phoneNo: "+91", role: "operator" }, end: null, was: null },
  });
  const waiting = [];
  const request = () => {
    const one = later();
    waiting.push(one);
    return one.answer;
  };
  const api = { get: request, post: request, patch: request };
  const reloads = [];
  const actions = createActions({
    api,
    session: { user: () => "7", logOut: request },
    load: () => null,
    get: store.get,
    dispatch: store.dispatch,
    onProblem: () => null,
    onOpen: () => null,
    reload: () => reloads.push(1),
  });
  const move = (name, id = null, query = {}) => store.dispatch({ type: "routed", route: { name, id, query } });
  return { store, actions, waiting, move, reloads, texts: () => store.get().news.map(({ text }) => text) };
}

const COUNTED = { data: [{ id: "a:1", outcome: "would-delete" }], matched: "1", unsendable: "0", unseen: "0" };

test("the count of dead letters opens its dialog in its own view only", async () => {
  const table = [
    ["the same view", () => null, true],
    ["another view", ({ move }) => move("overview"), false],
    ["another filter", ({ move }) => move("dead-letters", null, { queue: "settle" }), false],
    ["another view and back", ({ move }) => [move("overview"), move("dead-letters", null, { queue: "match" })], false],
    ["another dialog", ({ actions }) => actions.ask("letter.delete", { id: "a:1" }), false],
  ];
  for (const [name, happen, isOpen] of table) {
    const parts = acting();
    const { store, actions, waiting, move } = parts;
    move("dead-letters", null, { queue: "match" });
    const counting = actions.askAll("delete", { queue: "match" });
    assert.deepEqual([store.get().forms.count.busy, store.get().forms.count.values.action], [true, "delete"], name);
    void actions.askAll("delete", { queue: "match" });
    assert.equal(waiting.length, 1, "a second click asks for nothing");
    happen(parts);
    waiting[0].give(COUNTED);
    await counting;
    assert.equal(store.get().dialog?.act === "letters.delete", isOpen, name);
    assert.equal(parts.texts().length, 0, name);
  }
});

test("a player who was found is not shown in place of another view", async () => {
  for (const isMoved of [false, true]) {
    globalThis.location = /** @type {any} */ ({ hash: "#/users" });
    const { actions, waiting, move } = acting();
    move("users");
    const finding = actions.findUser("phone", "1");
    if (isMoved) move("queues");
    waiting[0].give({ data: { userId: "41" } });
    await finding;
    assert.equal(globalThis.location.hash, isMoved ? "#/users" : "#/users/41");
  }
});

/** An act that is under way, with its dialog. */
function underWay(act = "user.block", subject = { userId: "41" }, values = { reason: "r" }) {
  const parts = acting();
  parts.move("users", "41");
  parts.actions.ask(act, subject, values);
  return { ...parts, ending: parts.actions.confirm() };
}

test("an act that ends after its dialog was closed says so, and leaves the dialog that is open", async () => {
  const { store, actions, waiting, ending, texts, reloads } = underWay();
  actions.close();
  actions.ask("user.endSessions", { userId: "41" });
  actions.type("act", { reason: "typed meanwhile" });
  waiting[0].give({ data: {} });
  await ending;
  assert.equal(store.get().dialog.act, "user.endSessions");
  assert.deepEqual([store.get().forms.act.values, store.get().forms.act.busy], [{ reason: "typed meanwhile" }, false]);
  assert.match(texts().join(), /^User 41 is blocked\./);
  assert.equal(reloads.length, 1);
});

test("an act that fails after its dialog was closed says so in words, and asks for no password elsewhere", async () => {
  const table = [
    ["login-too-old", 403, /^Not done: Block\./],
    ["offline", 0, /^No answer came to: Block\. It may have been done\./],
  ];
  for (const [code, status, expected] of table) {
    const { store, actions, waiting, move, ending, texts } = underWay();
    move("rounds");
    actions.ask("round.close", { roundId: "r-1" });
    waiting[0].fail(code, status);
    await ending;
    const { dialog, forms } = store.get();
    assert.deepEqual(
      [dialog.act, dialog.needsPassword, forms.act.problem, forms.act.busy],
      ["round.close", undefined, null, false],
      code,
    );
    assert.match(texts().join(), expected);
  }
});

test("an act that leads to another view leads nowhere once the reader has moved on", async () => {
  globalThis.location = /** @type {any} */ ({ hash: "#/rounds" });
  const { waiting, move, ending, texts } = underWay("round.open", {}, { roundId: "r-9" });
  move("queues");
  waiting[0].give({ data: { roundId: "r-9" } });
  await ending;
  assert.equal(globalThis.location.hash, "#/rounds");
  assert.match(texts().join(), /^Round r-9 is open\./);
});

test("an act on several things of which not all were done is summed up once its dialog is closed", async () => {
  const { store, actions, waiting, ending, texts } = underWay(
    "letters.delete",
    { filter: {}, count: "2" },
    { reason: "r", typed: "2" },
  );
  actions.close();
  waiting[0].give({
    data: [
      { id: "a:1", outcome: "deleted" },
      { id: "a:2", outcome: "kept" },
    ],
  });
  await ending;
  assert.deepEqual([store.get().dialog, store.get().marked], [null, []]);
  assert.match(texts().join(), /^Not all of it was done\. Deleted: 1\. Failed: 1\./);
});

test("a log-out that fails says so", async () => {
  const { store, actions, waiting, texts } = acting();
  const ending = actions.logOut();
  assert.equal(store.get().forms.logout.busy, true);
  waiting[0].fail("offline", 0);
  await ending;
  assert.equal(texts().length, 1);
});
