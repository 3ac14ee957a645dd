// Requests that move money: one key until the answer is known, whatever is lost, pressed or chosen meanwhile.

import assert from "node:assert/strict";
import { test } from "node:test";
import { handlersOf } from "../player/handlers.js";
import { createRequests } from "../player/requests.js";
import { createApi, unreached } from "../shared/api.js";
import { derivedId } from "../shared/draw.js";
import { createKept } from "../shared/kept.js";
import { EMPTY_FORM, INITIAL, reduce } from "../shared/reduce.js";
import { createStorage } from "../shared/storage.js";
import { createStore } from "../shared/store.js";
import { BET } from "./facts.mjs";

const BODY = { roundId: "cup", amount: "10", side: "A" };
const WANTED = {
  kind: "bet",
  home: { name: "round", id: "cup" },
  path: "/api/bets",
  body: BODY,
  values: { stake: "10", side: "A" },
};
const FORM = "bet:cup";

/** The page of a player, whose server answers what the test says: a body, a status with a problem, or nothing. */
function page(t, { storage = createStorage(() => null), user = "42" } = {}) {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const store = createStore(reduce, INITIAL);
  const it = { user, asked: [], loads: [], reminders: 0, answers: {}, storage, ...store };
  const session = { user: () => it.user, token: async () => "t" };
  const send = async (path, { method, headers, body }) => {
    const key = headers["idempotency-key"];
    it.asked.push({ at: Date.now(), method, path, key, body: body && JSON.parse(body) });
    const answer = it.answers[method];
    const [status, told] = typeof answer === "function" ? answer(key) : (answer ?? [0]);
    if (status === 0) throw new TypeError("no network");
    return new Response(typeof told === "string" ? told : JSON.stringify(told), { status });
  };
  const api = createApi({ session, fetch: send });
  const kept = createKept(storage, session.user);
  const loads = { load: async (key) => void it.loads.push(key) };
  const handlers = handlersOf({
    kept,
    loads,
    get: store.get,
    dispatch: store.dispatch,
    askReality: async () => void (it.reminders += 1),
  });
  it.kept = kept;
  it.requests = createRequests({
    api,
    session,
    storage,
    handlers,
    get: store.get,
    dispatch: store.dispatch,
    onProblem() {},
  });
  store.subscribe((state) => it.requests.seen(state));
  it.form = () => it.get().forms[FORM] ?? EMPTY_FORM;
  it.pass = async (ms) => {
    t.mock.timers.tick(ms);
    await settle();
  };
  it.news = () => it.get().news.map(({ text }) => text);
  return it;
}

async function settle() {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
}

const placed = (key) =>
  derivedId("bet", "42", key).then((betId) => ({
    ...BET,
    betId,
    roundId: "cup",
    side: "A",
    amount: "10",
    open: "10",
    settled: "0",
  }));
const refusal = (status, code) => [status, { type: `urn:evens:problem:${code}`, detail: "d", requestId: "r" }];

test("an id follows from the player and the key", async () => {
  assert.equal(await derivedId("bet", "42", "key-1"), "c6d110f3-7eb3-8322-875b-644f690fa954");
  assert.equal(await derivedId("bet", "43", "key-1"), "51c21350-e08e-8c4f-8123-7cd017d7e3e3");
});

test("after a lost answer the same values are the same request, whatever is chosen in the form", async (t) => {
  const it = page(t);
  it.answers.POST = [0];
  await it.requests.send(FORM, WANTED);
  assert.equal(it.form().isUnknown, true);
  for (const values of [{ stake: "10" }, { stake: "500" }, { side: "B" }])
    it.dispatch({ type: "typed", form: FORM, values });
  assert.deepEqual(it.form().values, { stake: "10", side: "A" });
  it.answers.POST = [202, { data: { betId: "b", nonceHash: "h" } }];
  await it.requests.ask(FORM);
  const [first, second] = it.asked;
  assert.deepEqual([second.key, second.body], [first.key, BODY]);
  assert.deepEqual([it.form().isUnknown, it.form().outcome.kind, it.form().sent], [false, "arrived", null]);
  assert.deepEqual(it.news(), ["Your bet arrived, once: 10.00 on A."]);
  // From now on, the same values are a new request.
  await it.requests.send(FORM, WANTED);
  assert.notEqual(it.asked[2].key, first.key);
});

test("a choice made while a request is under way is neither sent nor told", async (t) => {
  const it = page(t);
  it.answers.POST = () => {
    it.dispatch({ type: "typed", form: FORM, values: { side: "B", stake: "77" } });
    return [202, { data: { betId: "b", nonceHash: "h" } }];
  };
  await it.requests.send(FORM, WANTED);
  assert.deepEqual(it.asked[0].body, BODY);
  assert.deepEqual(it.news(), ["Bet of 10.00 on A placed. Waiting for an opponent."]);
  assert.deepEqual(it.form().values, { side: "B", stake: "77" }, "the next bet keeps what was chosen for it");
});

test("answers that are no answers leave the request open, and refusals end it", async (t) => {
  const open = [
    [0],
    [502, "<html>Bad gateway</html>"],
    [200, "<html>Log in to the network</html>"],
    [403, "<html>Forbidden</html>"],
    refusal(503, "unavailable"),
    refusal(500, "internal"),
    refusal(408, "request-timeout"),
  ];
  const closed = [
    refusal(409, "round-state"),
    refusal(400, "insufficient-balance"),
    refusal(503, "switched-off"),
    refusal(429, "too-many-requests"),
    refusal(422, "invalid"),
  ];
  const it = page(t);
  for (const [answers, isUnknown] of [
    [open, true],
    [closed, false],
  ]) {
    for (const answer of answers) {
      it.answers.POST = answer;
      await it.requests.send(FORM, WANTED);
      assert.equal(it.form().isUnknown, isUnknown, JSON.stringify(answer));
      it.requests.stop(true);
      it.dispatch({ type: "answered", form: FORM });
    }
  }
});

test("a refusal before the key is looked up says nothing about the first request", async (t) => {
  const it = page(t);
  await it.requests.send(FORM, WANTED);
  for (const [status, code] of [
    [429, "too-many-requests"],
    [403, "forbidden"],
    [503, "switched-off"],
    [403, "account-blocked"],
  ]) {
    it.answers.POST = refusal(status, code);
    await it.requests.ask(FORM);
    assert.equal(it.form().isUnknown, true, code);
  }
  it.answers.POST = refusal(409, "round-state");
  await it.requests.ask(FORM);
  assert.deepEqual(
    [it.form().isUnknown, it.form().outcome.kind, it.form().problem.code],
    [false, "absent", "round-state"],
  );
  assert.deepEqual(it.news(), [
    "Your bet of 10.00 on A did not arrive. Nothing was placed, and nothing was taken from your balance.",
  ]);
  assert.ok(it.loads.includes("round:cup"));
});

test("the page asks again by itself, and after half a minute only looks", async (t) => {
  const it = page(t);
  await it.requests.send(FORM, WANTED);
  await it.pass(3_000);
  await it.pass(5_000);
  await it.pass(10_000);
  await it.pass(15_000);
  assert.deepEqual(
    it.asked.map(({ at, method }) => [(at - 1_000_000) / 1000, method]),
    [
      [0, "POST"],
      [3, "POST"],
      [8, "POST"],
      [18, "POST"],
      [33, "GET"],
    ],
  );
  assert.equal(new Set(it.asked.filter(({ key }) => key).map(({ key }) => key)).size, 1);
  const id = await derivedId("bet", "42", it.asked[0].key);
  assert.equal(it.asked[4].path, `/api/bets/${id}`);
  // The last attempt may still be carried out, so that nothing is known yet.
  it.answers.GET = refusal(404, "not-found");
  await it.requests.ask(FORM);
  assert.equal(it.form().isUnknown, true);
  await it.pass(15_000);
  assert.deepEqual([it.form().isUnknown, it.form().outcome.kind, it.form().problem], [false, "absent", null]);
  await it.pass(60_000);
  assert.equal(it.asked.filter(({ method }) => method === "POST").length, 4, "nothing is placed late");
});

test("a pushed bet ends the wait, and its nonce's hash is kept", async (t) => {
  const it = page(t);
  await it.requests.send(FORM, WANTED);
  const bet = await placed(it.asked[0].key);
  it.dispatch({ type: "bet", data: { ...bet, betId: "another" } });
  assert.equal(it.form().isUnknown, true, "a bet of the same values is another one");
  it.dispatch({ type: "bet", data: bet });
  await settle();
  assert.deepEqual([it.form().isUnknown, it.form().outcome.kind], [false, "arrived"]);
  assert.equal(it.kept.of(bet).nonceHash.hash, BET.nonceHash);
  await it.pass(60_000);
  assert.equal(it.asked.length, 1);
});

test("a bet that was pushed before its answer was lost is no question", async (t) => {
  const it = page(t);
  let data;
  it.answers.POST = (key) => {
    data = placed(key);
    return [0];
  };
  const sent = it.requests.send(FORM, WANTED);
  await settle();
  await sent;
  it.dispatch({ type: "betPage", data: [await data], next: null, isFirst: true });
  await settle();
  assert.equal(it.form().outcome.kind, "arrived");
});

test("a reload leaves the question open, and repeats nothing", async (t) => {
  const storage = createStorage(() => null);
  const before = page(t, { storage });
  await before.requests.send(FORM, WANTED);
  const { key } = before.asked[0];
  before.requests.stop(false);
  t.mock.timers.reset();
  const other = page(t, { storage, user: "43" });
  other.requests.restore();
  assert.deepEqual(other.get().forms, {}, "it is none of another player's");
  t.mock.timers.reset();
  const it = page(t, { storage });
  it.answers.GET = [200, { data: await placed(key) }];
  it.requests.restore();
  assert.deepEqual([it.form().isUnknown, it.form().values], [true, { stake: "10", side: "A" }]);
  await settle();
  assert.equal(it.form().outcome.kind, "arrived");
  assert.deepEqual(
    it.asked.map(({ method }) => method),
    ["GET"],
  );
  it.requests.restore();
  assert.equal(it.asked.length, 1, "it is answered");
});

test("a deposit is asked for until its pay page is there; one that the provider did not take has failed", async (t) => {
  for (const [status, outcome] of [
    ["pending", "arrived"],
    ["failed", "absent"],
  ]) {
    const it = page(t);
    const wanted = {
      kind: "deposit",
      home: { name: "wallet", id: null },
      path: "/api/deposits",
      body: { amount: "500" },
      values: { amount: "500" },
    };
    await it.requests.send("deposit", wanted);
    const orderId = await derivedId("deposit", "42", it.asked[0].key);
    it.dispatch({ type: "deposit", data: { orderId, status: "pending", amount: "500" }, isPushed: true });
    await settle();
    assert.equal(it.get().forms.deposit.isUnknown, true);
    it.answers.POST = [
      201,
      {
        data: {
          orderId,
          status,
          amount: "500",
          checkout: status === "pending" ? { url: "https://pay.example.com", parameters: {} } : null,
        },
      },
    ];
    await it.requests.ask("deposit");
    assert.equal(it.get().forms.deposit.outcome.kind, outcome);
    if (status === "pending") assert.equal(it.get().deposits[orderId].checkout.url, "https://pay.example.com");
    t.mock.timers.reset();
  }
});

test("the answer to a player who has left is none of the next one's", async (t) => {
  const it = page(t);
  it.answers.POST = () => {
    it.user = "43";
    it.dispatch({ type: "session", status: "none" });
    return [202, { data: { betId: "b", nonceHash: "h" } }];
  };
  assert.equal(await it.requests.send(FORM, WANTED), null);
  assert.deepEqual([it.get().forms, it.news(), it.loads], [{}, [], []]);
});

test("a load's answer to a player who has left is refused, and so is a stranger's 401", async () => {
  let user = "42";
  const api = (status, body) =>
    createApi({
      session: { user: () => user, token: async () => "t" },
      fetch: async () => ((user = status === 200 ? "43" : user), new Response(JSON.stringify(body), { status })),
    });
  await assert.rejects(api(200, { data: 1 }).get("/api/wallet"), ({ problem }) => problem.code === "session-ended");
  await assert.rejects(
    api(401, { code: "unauthorized" }).get("/api/wallet"),
    ({ problem }) => problem.code === "unreadable" && problem.status === 401,
  );
});

test("loads that did not reach the service are those to repeat once it is back", () => {
  const failed = (code, status) => ({ status: "failed", problem: { code, status } });
  const loads = {
    wallet: failed("offline", 0),
    bets: failed("unavailable", 503),
    me: failed("forbidden", 403),
    "bet:1": { status: "ready" },
    rounds: { status: "loading" },
  };
  assert.deepEqual(unreached(loads), ["wallet", "bets"]);
});
