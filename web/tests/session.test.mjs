// The session: refreshed once for all tabs, and ended in all of them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Refused } from "../shared/api.js";
import { createKept } from "../shared/kept.js";
import { isWebAddress } from "../shared/router.js";
import { createSession } from "../shared/session.js";
import { BET, ROUND } from "./facts.mjs";

function memory() {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
    key: (index) => [...kept.keys()][index] ?? null,
    get length() {
      return kept.size;
    },
  };
}

/** A browser: tabs share its storage, its locks, its channel and its server. */
function browser(answers) {
  const storage = memory();
  const channels = [];
  let queue = Promise.resolve();
  const it = { requests: [], now: 0, ends: 0 };
  it.tab = () => {
    const channel = { onmessage: null, postMessage: (data) => channels.filter((one) => one !== channel).forEach((one) => one.onmessage({ data })) };
    channels.push(channel);
    return createSession({
      storage,
      channel,
      now: () => it.now,
      onEnd: () => (it.ends += 1),
      locks: { request: (_, work) => (queue = queue.then(work, work)) },
      fetch: async (path, options) => {
        it.requests.push([path, JSON.parse(options.body)]);
        const [status, body] = answers.shift() ?? [503, { type: "urn:evens:problem:unavailable" }];
        if (status === 0) throw new TypeError("no network");
        return new Response(JSON.stringify(body), { status });
      },
    });
  };
  return it;
}

const tokens = (accessToken) => [200, { success: true, data: { tokens: { accessToken, expiresIn: 900 } } }];

test("a browser without a login asks for nothing", async () => {
  const it = browser([]);
  assert.equal(await it.tab().token(), null);
  assert.deepEqual(it.requests, []);
});

test("a token is kept until shortly before it expires", async () => {
  const it = browser([tokens("second")]);
  const tab = it.tab();
  tab.open({ accessToken: "first", expiresIn: "900" });
  assert.equal(await tab.token(), "first");
  it.now = 869_000;
  assert.equal(await tab.token(), "first");
  it.now = 871_000;
  assert.equal(await tab.token(), "second");
  assert.deepEqual(it.requests, [["/api/users/refresh", { session: "cookie" }]]);
});

test("two tabs that need a token refresh once", async () => {
  const it = browser([tokens("second"), tokens("third")]);
  const [one, other] = [it.tab(), it.tab()];
  one.open({ accessToken: "first", expiresIn: "900" });
  it.now = 900_000;
  assert.deepEqual(await Promise.all([one.token(), other.token(), one.token()]), ["second", "second", "second"]);
  assert.equal(it.requests.length, 1);
  assert.deepEqual(await Promise.all([one.token(true), one.token(true)]), ["third", "third"]);
  assert.equal(it.requests.length, 2);
});

test("a session that has ended ends in every tab, and one that is not answered does not", async () => {
  for (const [answer, ends] of [[[401, { type: "urn:evens:problem:session-ended" }], 2], [[422, { type: "urn:evens:problem:invalid" }], 2]]) {
    const it = browser([answer]);
    const [one, other] = [it.tab(), it.tab()];
    one.open({ accessToken: "first", expiresIn: "900" });
    it.now = 900_000;
    assert.equal(await one.token(), null);
    assert.equal(it.ends, ends);
    assert.equal(await other.token(), null);
  }
  const it = browser([[0], tokens("second")]);
  const tab = it.tab();
  tab.open({ accessToken: "first", expiresIn: "900" });
  it.now = 900_000;
  await assert.rejects(tab.token(), (error) => error instanceof Refused && error.problem.code === "offline");
  assert.equal(await tab.token(), "second");
});

test("logging out ends the session everywhere, once the server has ended it", async () => {
  for (const end of [[200, { success: true }], [401, {}], [422, {}]]) {
    const it = browser([[0], [503, { type: "urn:evens:problem:unavailable" }], end]);
    const [one, other] = [it.tab(), it.tab()];
    one.open({ accessToken: "first", expiresIn: "900" });
    for (const code of ["offline", "unavailable"]) {
      await assert.rejects(one.logOut(), (error) => error instanceof Refused && error.problem.code === code);
      assert.equal(await other.token(), "first");
    }
    await one.logOut();
    assert.equal(await other.token(), null);
    assert.equal(it.ends, 2);
  }
});

test("only addresses of the web are opened", () => {
  for (const url of ["https://pay.example.com/1", "http://127.0.0.1:9000/pay"]) assert.ok(isWebAddress(url), url);
  for (const url of ["javascript:alert(1)", "data:text/html,x", "//pay.example.com", "httpss://x"]) assert.ok(!isWebAddress(url), url);
});

test("a browser keeps the first hash that it saw of an open round, and of bets that it placed", () => {
  let second = 0;
  const kept = createKept(memory(), () => new Date(Date.UTC(2026, 0, 1, 0, 0, (second += 1))));
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
});
