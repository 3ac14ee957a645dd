// The acts of the console without a browser: on many dead letters, and what becomes of an answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createActions } from "../console/actions.js";
import { ACTS } from "../console/acts/index.js";
import { createLoads } from "../console/loads.js";
import { INITIAL, reduce } from "../console/state.js";
import { Refused, createApi, problemOf } from "../shared/api.js";
import { createStore } from "../shared/store.js";
import { console as texts } from "../i18n/console.js";

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
    assert.deepEqual(
      asked.splice(0),
      ["a:1", "a:2", "b:3", "b:4", "b:5"].map((id) => [id, "again"]),
    );
    const failed = [503, 422].map((status, index) => ({
      id: ["b:3", "b:5"][index],
      problem: problemOf(`code-${status}`, status),
    }));
    assert.deepEqual(report(answer), { action, done: 2, gone: 1, failed });
    assert.deepEqual(result(answer), { count: "2" });
  }
});

test("an act on marked dead letters asks no more once the connection or the session is lost", async () => {
  for (const status of [0, 401, 403]) {
    const { api, asked } = letters({ "a:1": 200, "a:2": status, "a:3": 200 });
    const answer = await ACTS["marked.delete"].send(api, { ids: ["a:1", "a:2", "a:3"] }, { reason: "r" });
    assert.equal(asked.length, 2);
    assert.deepEqual(
      [answer.done, answer.gone, answer.failed.map(({ id, problem }) => [id, problem.status])],
      [
        1,
        0,
        [
          ["a:2", status],
          ["a:3", status],
        ],
      ],
    );
  }
});

test("an act on marked dead letters asks for the password if the login was too old from the beginning", async () => {
  const tooOld = (failing) => ({
    post: async (at) => {
      if (at.includes(failing)) throw new Refused(problemOf("login-too-old", 403));
      return { data: {} };
    },
  });
  const send = (api) => ACTS["marked.delete"].send(api, { ids: ["1", "2", "3"] }, { reason: "r" });
  await assert.rejects(send(tooOld("/1/")), ({ problem }) => problem.code === "login-too-old");
  const { done, failed } = await send(tooOld("/2/"));
  assert.deepEqual(
    [done, failed.map(({ id, problem }) => [id, problem.code])],
    [
      1,
      [
        ["2", "login-too-old"],
        ["3", "login-too-old"],
      ],
    ],
  );
});

test("an act on all that match reports those that went since they were counted, and those that were kept", () => {
  const data = [
    { id: "a:1", outcome: "redriven" },
    { id: "a:2", outcome: "sent" },
    { id: "a:3", outcome: "kept" },
  ];
  const { report, result, send, typed } = ACTS["letters.redrive"];
  const subject = { filter: { queue: "refund" }, count: "5" };
  assert.deepEqual(report({ data }, subject), {
    action: "redrive",
    done: 2,
    gone: 2,
    failed: [{ id: "a:3", problem: problemOf("letter-kept", 503) }],
  });
  assert.deepEqual(result({ data }, subject), { count: "2" });
  const sent = [];
  void send({ post: (path, body) => sent.push([path, body]) }, subject, { reason: "r", typed: "5" });
  assert.equal(typed(subject), "5");
  assert.deepEqual(sent, [
    ["/api/operator/dead-letters", { queue: "refund", action: "redrive", limit: "5", reason: "r" }],
  ]);
});

/** The events of actions with this state, whose API gives these answers. */
function acting(state, answers) {
  const events = [];
  const post = async () => answers.shift();
  const api = { post, get: post, patch: post };
  const actions = createActions({
    api,
    session: { user: () => "7" },
    load: () => null,
    get: () => state,
    dispatch: (event) => events.push(event),
    onProblem: () => null,
    onOpen: () => null,
    reload: () => null,
  });
  return { actions, events };
}

test("a repeated act says that it had been done before, and not that it is a line of the log", async () => {
  const answer = async (replayed) => {
    const body = JSON.stringify({ data: {} });
    const send = async () =>
      new Response(body, { status: 200, headers: replayed ? { "idempotency-replayed": "true" } : {} });
    return createApi({ session: { token: async () => "t", user: () => "7" }, fetch: send }).post("/x");
  };
  for (const isRepeat of [false, true]) {
    const state = {
      ...INITIAL,
      dialog: { act: "user.block", subject: { userId: "7" } },
      forms: { act: { values: { reason: "r" } } },
    };
    const { actions, events } = acting(state, [await answer(isRepeat)]);
    await actions.confirm();
    const said = events.find(({ type }) => type === "news").text;
    assert.equal(said, `User 7 is blocked. ${texts[isRepeat ? "act.replayed" : "act.logged"]}`);
  }
});

test("an act whose answer was lost keeps the values that were sent, until it is known", async () => {
  const lost = () => Promise.reject(new Refused(problemOf("offline", 0)));
  const tooOld = () => Promise.reject(new Refused(problemOf("login-too-old", 403)));
  const answers = [lost, tooOld, async () => ({ data: {} })];
  const sent = [];
  const store = createStore(reduce, INITIAL);
  const api = {
    post: (path, body) => (
      sent.push([path, body]),
      path.endsWith("/login") ? Promise.resolve({ data: { tokens: {}, user: {} } }) : answers.shift()()
    ),
  };
  const session = { user: () => "7", wanted: () => ({}), logIn: (ask) => ask() };
  const actions = createActions({
    api,
    session,
    load: () => null,
    ...store,
    onProblem: () => null,
    onOpen: () => null,
    reload: () => null,
  });
  actions.ask("player.adjust", { userId: "42" }, { opId: "receipt-7", amount: "30", reason: "desk" });
  await actions.confirm();
  const form = () => store.get().forms.act;
  assert.deepEqual([form().isUnknown, form().problem.code], [true, "offline"]);
  for (const values of [{ opId: "receipt-8" }, { amount: "40" }]) actions.type("act", values);
  assert.deepEqual([form().values.opId, form().values.amount], ["receipt-7", "30"]);
  await actions.confirm();
  assert.deepEqual([store.get().dialog.needsPassword, form().isUnknown], [true, true]);
  actions.type("act", { password: "p", opId: "receipt-8" });
  await actions.confirm();
  assert.equal(store.get().dialog, null);
  const acts = sent.filter(([path]) => path.endsWith("/adjust")).map(([, body]) => body.opId);
  assert.deepEqual(acts, ["receipt-7", "receipt-7", "receipt-7"]);
});

test("the answer to an account that has left is none of the next one's", async () => {
  let user = "7";
  const store = createStore(reduce, INITIAL);
  const refused = async () => {
    user = "8";
    store.dispatch({ type: "session", status: "none", end: "replaced" });
    throw new Refused(problemOf("session-ended", 401));
  };
  const problems = [];
  const actions = createActions({
    api: { post: refused },
    session: { user: () => user },
    load: () => null,
    ...store,
    onProblem: (problem) => problems.push(problem),
    onOpen: () => null,
    reload: () => null,
  });
  actions.ask("round.close", { roundId: "r" }, { reason: "over" });
  await actions.confirm();
  assert.deepEqual([store.get().forms, store.get().dialog, problems], [{}, null, []]);
  // A load of before neither is the next account's, nor stands in the way of its own.
  const load = createLoads({
    api: { get: async () => ({ data: user }) },
    get: store.get,
    dispatch: store.dispatch,
    onProblem: () => null,
  });
  user = "9";
  const old = load("switches");
  load.forget();
  user = "10";
  await Promise.all([old, load("switches")]);
  assert.equal(store.get().data.switches, "10");
});

test("the number before all that match is the number that is acted upon, and the rest is named", async () => {
  const letter = (id) => ({ id, outcome: "would-redrive" });
  const table = [
    [
      { data: [letter("a:1"), letter("a:2")], matched: "9", unsendable: "3", unseen: "5" },
      "2",
      /^3 that match .* About 5 more .* 4 more match/,
    ],
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
