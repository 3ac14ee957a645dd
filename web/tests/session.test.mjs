// The session: refreshed once for all tabs, and ended in all of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Refused } from "../shared/api.js";
import { createKept } from "../shared/kept.js";
import { isWebAddress } from "../shared/router.js";
import { createSession } from "../shared/session.js";
import { createStorage } from "../shared/storage.js";
import { BET, ROUND } from "./facts.mjs";

/** A storage of a browser. `faults`: the methods that throw. */
function memory(faults = {}) {
  const kept = new Map();
  const or =
    (name, use) =>
    (...args) => {
      if (faults[name]) throw new DOMException(name, "SecurityError");
      return use(...args);
    };
  return {
    getItem: or("getItem", (key) => kept.get(key) ?? null),
    setItem: or("setItem", (key, value) => kept.set(key, value)),
    removeItem: or("removeItem", (key) => kept.delete(key)),
    key: (index) => [...kept.keys()][index] ?? null,
    get length() {
      return kept.size;
    },
  };
}

/** An access token, as far as a page reads it. */
const jwt = (user, name) => `e30.${Buffer.from(JSON.stringify({ sub: user, name })).toString("base64url")}.${name}`;

/** A browser: tabs share its storage, its locks, its channel and its server. */
function browser(answers, { hasCookies = true, locks } = {}) {
  const storage = createStorage(() => memory());
  const channels = [];
  let queue = Promise.resolve();
  const it = { requests: [], now: 0, ends: [], returns: 0, storage, isDeaf: false };
  it.tab = () => {
    const tell = (data) =>
      channels.filter((one) => one !== channel && !it.isDeaf).forEach((one) => one.onmessage({ data }));
    const channel = { onmessage: null, postMessage: tell };
    channels.push(channel);
    return createSession({
      storage,
      channel,
      hasCookies,
      now: () => it.now,
      onEnd: (why) => it.ends.push(why),
      onReturn: () => (it.returns += 1),
      locks: locks ?? { request: (_, work) => (queue = queue.then(work, work)) },
      fetch: async (path, options) => {
        it.requests.push([path, JSON.parse(options.body)]);
        const [status, body] = answers.shift() ?? [503, { type: "urn:evens:problem:unavailable" }];
        if (status === 0) throw new TypeError("no network");
        return new Response(typeof body === "string" ? body : JSON.stringify(body), { status });
      },
    });
  };
  return it;
}

const tokensOf = (user, name, more = {}) => ({ accessToken: jwt(user, name), expiresIn: "900", ...more });
const renewed = (user, name, more) => [200, { success: true, data: { tokens: tokensOf(user, name, more) } }];
const problem = (status, code) => [status, { type: `urn:evens:problem:${code}`, code }];
/** The name in a token. */
const named = (token) => token && token.split(".")[2];

test("a browser without a login asks for nothing", async () => {
  const it = browser([]);
  assert.equal(await it.tab().token(), null);
  assert.deepEqual(it.requests, []);
});

test("a token is kept until shortly before it expires", async () => {
  const it = browser([renewed("1", "second")]);
  const tab = it.tab();
  tab.open(tokensOf("1", "first"));
  assert.equal(named(await tab.token()), "first");
  it.now = 869_000;
  assert.equal(named(await tab.token()), "first");
  it.now = 871_000;
  assert.equal(named(await tab.token()), "second");
  assert.deepEqual(it.requests, [["/api/users/refresh", { session: "cookie" }]]);
});

test("two tabs that need a token refresh once", async () => {
  const it = browser([renewed("1", "first"), renewed("1", "second"), renewed("1", "third")]);
  const [one, other] = [it.tab(), it.tab()];
  // The mark of an earlier page names no account.
  it.storage.setItem("evens.session", "1");
  assert.deepEqual([await one.token(), await other.token()], [null, null]);
  assert.deepEqual((await Promise.all([one.resume(), other.resume()])).map(named), ["first", "first"]);
  it.now = 900_000;
  assert.deepEqual((await Promise.all([one.token(), other.token(), one.token()])).map(named), [
    "second",
    "second",
    "second",
  ]);
  assert.equal(it.requests.length, 2);
  assert.deepEqual((await Promise.all([one.token(true), one.token(true)])).map(named), ["third", "third"]);
  assert.equal(it.requests.length, 3);
});

test("a refresh waits for a new password, and takes its session", async () => {
  const it = browser([renewed("1", "first")]);
  const [one, other] = [it.tab(), it.tab()];
  one.open(tokensOf("1", "first"));
  assert.equal(named(await other.resume()), "first");
  const before = it.requests.length;
  let answer = (/** @type {any} */ _) => {};
  const asked = new Promise((resolve) => (answer = resolve));
  const changed = one.renew(async (given) => (await asked, { said: given, data: { tokens: tokensOf("1", "second") } }));
  await new Promise((resolve) => setImmediate(resolve));
  // The server has ended the first token, and both tabs learn of it before the answer is there.
  const refreshed = Promise.all([one.token(true), other.token(true)]);
  await new Promise((resolve) => setImmediate(resolve));
  it.now = 1_000;
  answer(null);
  assert.equal(named((await changed).said), "first");
  assert.deepEqual((await refreshed).map(named), ["second", "second"]);
  assert.equal(it.requests.length, before, "no refresh with the cookie of before");
  assert.deepEqual(it.ends, []);
});

test("a new password renews a token that was refused, once and outside of the lock", async () => {
  const it = browser([renewed("1", "second")]);
  const tab = it.tab();
  tab.open(tokensOf("1", "first"));
  const used = [];
  const refusedBy = (code) => async (given) => {
    used.push(named(given));
    throw new Refused({ code, status: 401, title: "", detail: "" });
  };
  await assert.rejects(tab.renew(refusedBy("unauthorized")), Refused);
  assert.deepEqual(used, ["first", "second"]);
  await assert.rejects(tab.renew(refusedBy("wrong-password")), Refused);
  assert.deepEqual(used, ["first", "second", "second"]);
});

test("a session that has ended ends in every tab of its account, and one that is not answered does not", async () => {
  for (const answer of [problem(401, "session-ended"), problem(422, "invalid"), problem(401, "unauthorized")]) {
    const it = browser([renewed("1", "first"), answer]);
    const [one, other] = [it.tab(), it.tab()];
    one.open(tokensOf("1", "first"));
    assert.equal(named(await other.resume()), "first");
    it.now = 900_000;
    assert.equal(await one.token(), null);
    assert.deepEqual(it.ends, ["ended", "ended"]);
    assert.equal(await other.token(), null);
    assert.equal(it.requests.length, 2);
  }
  const it = browser([[0], renewed("1", "second")]);
  const tab = it.tab();
  tab.open(tokensOf("1", "first"));
  it.now = 900_000;
  await assert.rejects(tab.token(), (error) => error instanceof Refused && error.problem.code === "offline");
  assert.equal(named(await tab.token()), "second");
});

test("only the service itself ends a session: a firewall or a proxy does not", async () => {
  const strangers = [
    [401, "<html>Log in to the network</html>"],
    [403, "<html>Forbidden</html>"],
    [403, { message: "Forbidden" }],
    [401, { type: "about:blank", code: "unauthorized" }],
    [422, ""],
  ];
  for (const answer of strangers) {
    const it = browser([answer, answer, renewed("1", "second")]);
    const tab = it.tab();
    tab.open(tokensOf("1", "first"));
    it.now = 900_000;
    await assert.rejects(
      tab.token(),
      (error) => error instanceof Refused && error.problem.code === "unreadable",
      JSON.stringify(answer),
    );
    await assert.rejects(tab.logOut(), Refused);
    assert.deepEqual(it.ends, []);
    assert.equal(named(await tab.token()), "second");
  }
});

test("logging out ends the session everywhere, once the server has ended it", async () => {
  for (const end of [[200, { success: true }], problem(401, "session-ended"), problem(422, "invalid")]) {
    const it = browser([renewed("1", "first"), [0], problem(503, "unavailable"), end]);
    const [one, other] = [it.tab(), it.tab()];
    one.open(tokensOf("1", "first"));
    await other.resume();
    for (const code of ["offline", "unavailable"]) {
      await assert.rejects(one.logOut(), (error) => error instanceof Refused && error.problem.code === code);
      assert.equal(named(await other.token()), "first");
    }
    await one.logOut();
    assert.equal(await other.token(), null);
    assert.deepEqual(it.ends, ["asked", "asked"]);
  }
});

test("a tab stops once another account has logged in in its browser, and asks nothing of the other account", async () => {
  for (const isDeaf of [false, true]) {
    const it = browser([]);
    it.isDeaf = isDeaf;
    const [first, second] = [it.tab(), it.tab()];
    first.open(tokensOf("1", "one's"));
    second.open(tokensOf("2", "two's"));
    // A frozen tab hears nothing, and reads the mark when it asks for a token.
    assert.equal(await first.token(), null);
    assert.equal(first.user(), null);
    assert.deepEqual(it.ends, ["replaced"]);
    assert.equal(named(await second.token()), "two's");
    await first.logOut();
    assert.equal(named(await second.token()), "two's", "the other session goes on");
    assert.deepEqual(it.requests, []);
  }
});

test("a refresh that is answered with another account's session gives no token to this tab", async () => {
  const it = browser([renewed("2", "two's")]);
  const [first, second] = [it.tab(), it.tab()];
  first.open(tokensOf("1", "one's"));
  it.now = 900_000;
  assert.equal(await first.token(), null);
  assert.deepEqual(it.ends, ["replaced"]);
  assert.equal(it.requests.length, 1);
  // The other account's old refresh token is used up, so that its tabs must have the new one.
  second.open(tokensOf("2", "older"));
  assert.equal(named(await second.token()), "older");
});

test("a tab at the login form takes no token of another tab", async () => {
  const it = browser([]);
  const [first, second] = [it.tab(), it.tab()];
  first.open(tokensOf("1", "one's"));
  assert.equal(second.user(), null);
  second.open(tokensOf("1", "again"));
  assert.equal(named(await first.token()), "one's");
  assert.deepEqual(it.ends, []);
});

test("a tab whose session has ended comes back with its account, and with no other", async () => {
  const it = browser([renewed("1", "one's"), [200, { success: true, data: {} }]]);
  const [first, second] = [it.tab(), it.tab()];
  first.open(tokensOf("1", "one's"));
  assert.equal(named(await second.resume()), "one's");
  await first.logOut();
  assert.deepEqual([second.user(), second.mayReturn(), it.returns], [null, false, 0]);
  first.open(tokensOf("2", "two's"));
  assert.deepEqual([second.user(), second.mayReturn(), it.returns], [null, false, 0]);
  it.isDeaf = true;
  first.open(tokensOf("1", "again"));
  assert.deepEqual([second.user(), second.mayReturn()], [null, true], "a frozen tab reads the mark");
  it.isDeaf = false;
  first.open(tokensOf("1", "again"));
  assert.deepEqual([it.returns, named(await second.resume())], [1, "again"]);
});

test("a login waits for a refresh, whose late answer would put back the cookie of the account before", async () => {
  let answer;
  const it = browser([]);
  const tab = it.tab();
  tab.open(tokensOf("1", "one's"));
  it.now = 900_000;
  const order = [];
  const late = it.tab();
  const refresh = new Promise((resolve) => (answer = resolve));
  const asked = late.logIn(
    async () => (order.push("login"), await refresh, { data: { tokens: tokensOf("1", "new") } }),
  );
  const other = tab.logIn(async () => (order.push("second login"), { data: { tokens: tokensOf("2", "two's") } }));
  await new Promise(setImmediate);
  assert.deepEqual(order, ["login"]);
  answer();
  await Promise.all([asked, other]);
  assert.deepEqual(order, ["login", "second login"]);
  assert.equal(tab.user(), "2");
  assert.equal(await late.token(), null);
});

test("without cookies and locks, a tab has a session of its own in memory", async () => {
  const it = browser(
    [
      renewed("1", "second", { refreshToken: "r2" }),
      renewed("1", "third", { refreshToken: "r3" }),
      [200, { success: true }],
    ],
    {
      hasCookies: false,
      locks: { request: () => Promise.reject(new DOMException("denied", "SecurityError")) },
    },
  );
  const [one, other] = [it.tab(), it.tab()];
  assert.deepEqual(one.wanted(), {});
  one.open(tokensOf("1", "first", { refreshToken: "r1" }));
  other.open(tokensOf("2", "two's", { refreshToken: "q1" }));
  it.now = 900_000;
  assert.equal(named(await one.token()), "second");
  assert.equal(named(await one.token(true)), "third");
  await one.logOut();
  assert.deepEqual(
    it.requests.map(([, body]) => body),
    [{ refreshToken: "r1" }, { refreshToken: "r2" }, { refreshToken: "r3" }],
  );
  assert.deepEqual(it.ends, ["asked"]);
  assert.equal(it.tab().isMarked(), false);
});

test("a storage that is blocked or full keeps in memory, and says so", () => {
  const table = [
    [
      () => {
        throw new DOMException("denied", "SecurityError");
      },
      "blocked",
      0,
    ],
    [() => null, "blocked", 0],
    [() => memory({ getItem: true }), "blocked", 0],
    [() => memory({ setItem: true }), "full", 1],
    [() => memory(), null, 0],
  ];
  for (const [open, fault, writes] of table) {
    const storage = createStorage(open);
    const told = [];
    storage.watch((kind) => told.push(kind));
    assert.equal(told.length, fault && !writes ? 1 : 0);
    storage.setItem("k", "1");
    storage.setItem("k", "2");
    assert.equal(storage.getItem("k"), "2");
    assert.deepEqual(storage.keys(), ["k"]);
    assert.deepEqual(told, fault ? [fault] : []);
    assert.equal(storage.fault(), fault);
    storage.removeItem("k");
    assert.equal(storage.getItem("k"), null);
  }
});

test("only addresses of the web are opened", () => {
  for (const url of ["https://pay.example.com/1", "http://127.0.0.1:9000/pay"]) assert.ok(isWebAddress(url), url);
  for (const url of ["javascript:alert(1)", "data:text/html,x", "//pay.example.com", "httpss://x"])
    assert.ok(!isWebAddress(url), url);
});

test("a browser keeps the first hash that it saw of an open round, and of bets that it placed", () => {
  let second = 0;
  let user = "42";
  const storage = createStorage(() => memory());
  const kept = createKept(
    storage,
    () => user,
    () => new Date(Date.UTC(2026, 0, 1, 0, 0, (second += 1))),
  );
  const open = { ...ROUND, state: "OPEN" };
  kept.round(ROUND);
  assert.deepEqual(kept.of(BET), { roundHash: null, nonceHash: null });
  kept.round(open);
  kept.round({ ...open, seedHash: "another" });
  assert.deepEqual(kept.of(BET), { roundHash: null, nonceHash: null }, "nothing says that it was before the bet");
  kept.bet(BET.betId, BET.nonceHash);
  assert.equal(kept.of(BET).roundHash.hash, ROUND.seedHash);
  assert.equal(kept.of(BET).nonceHash.hash, BET.nonceHash);
  for (let number = 0; number < 600; number += 1) kept.bet(`bet-${number}`, "h");
  assert.equal(kept.of(BET).nonceHash, null, "the oldest go");
  kept.round(open);
  kept.bet(BET.betId, BET.nonceHash);
  user = "43";
  assert.deepEqual(kept.ofRound(ROUND.roundId), { roundHash: null }, "another player of this browser did not see it");
  kept.round({ ...open, seedHash: "another" });
  user = "42";
  assert.equal(kept.ofRound(ROUND.roundId).roundHash.hash, ROUND.seedHash);
  storage.setItem("evens.kept.bet.old", JSON.stringify({ hash: "h", at: "2025-01-01T00:00:00Z" }));
  assert.equal(kept.of({ ...BET, betId: "old" }).nonceHash.hash, "h", "kept by an earlier page");
});
