// The client's duties of docs/live.md, on a clock of the test's own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseJson } from "../shared/json.js";
import { backOff, createLive } from "../shared/live.js";

const ANSWER = {
  v: 1,
  ref: "1",
  ok: true,
  serverTime: "2026-01-01T00:00:00Z",
  expiresAt: "2026-01-01T00:15:00Z",
  pingSeconds: 25,
  rooms: [],
  events: [],
  more: false,
};

/** A page whose sockets, polls and time belong to the test. */
function page({ poll = async () => ({ events: [] }), token = async () => "t", isHidden = () => false } = {}) {
  let now = 0;
  const timers = new Map();
  const it = { sockets: [], events: [], links: [], byes: [], times: [], polls: 0, tokens: [] };
  it.live = createLive({
    connect: () => {
      const socket = {
        sent: [],
        send: (text) => socket.sent.push(JSON.parse(text)),
        close: () => (socket.isClosed = true),
      };
      it.sockets.push(socket);
      return socket;
    },
    token: (isStale) => {
      it.tokens.push(isStale ?? false);
      return token(isStale);
    },
    poll: () => {
      it.polls += 1;
      return poll();
    },
    known: () => ({ wallet: "1/0" }),
    isOpen: () => true,
    onEvent: (event) => it.events.push(event),
    onTime: (...time) => it.times.push(time),
    onLink: (kind) => it.links.push(kind),
    onBye: (reason) => it.byes.push(reason),
    parse: parseJson,
    isHidden,
    now: () => now,
    random: () => 0.5,
    timers: {
      set: (call, ms) => {
        const key = Symbol("timer");
        timers.set(key, { at: now + ms, call });
        return key;
      },
      clear: (key) => timers.delete(key),
    },
  });
  it.settle = async () => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  it.pass = async (ms) => {
    const end = now + ms;
    for (;;) {
      await it.settle();
      const next = [...timers].sort(([, one], [, other]) => one.at - other.at)[0];
      if (!next || next[1].at > end) break;
      now = next[1].at;
      timers.delete(next[0]);
      next[1].call();
    }
    now = end;
    await it.settle();
  };
  it.hear = (frame) => it.socket().onmessage({ data: JSON.stringify(frame) });
  /** Answers the last message. */
  it.answer = (more = {}) => it.hear({ ...ANSWER, ...more, ref: it.socket().sent.at(-1).ref });
  it.socket = () => it.sockets.at(-1);
  it.greet = async () => {
    it.socket().onopen();
    await it.settle();
    it.hear(ANSWER);
  };
  return it;
}

test("says hello with the token, and is live once it is answered", async () => {
  const it = page();
  it.live.watch(["rounds"]);
  it.live.start();
  await it.greet();
  assert.deepEqual(it.socket().sent, [
    { v: 1, ref: "1", type: "hello", token: "t", rooms: ["rounds"], known: { wallet: "1/0" } },
  ]);
  assert.equal(it.links.at(-1), "live");
});

test("hands on the events of the snapshot and of later frames", async () => {
  const it = page();
  it.live.start();
  await it.greet();
  it.hear({ v: 1, events: [{ type: "wallet", data: { balance: 100.5 } }], conflated: 0 });
  assert.deepEqual(it.events, [{ type: "wallet", data: { balance: "100.5" } }]);
  it.hear({ v: 1, ref: "9", something: "that it does not know" });
});

test("a dead link is noticed within 15 seconds of silence, and sooner by any message", async () => {
  const it = page();
  it.live.start();
  await it.greet();
  await it.pass(10_000);
  assert.equal(it.socket().sent.at(-1).type, "ping");
  it.answer();
  await it.pass(14_900);
  assert.equal(it.links.at(-1), "live");
  await it.pass(100);
  assert.equal(it.sockets[0].isClosed, true);
  assert.equal(it.links.at(-1), "connecting");
  await it.pass(2_000);
  assert.equal(it.sockets.length, 2);
});

test("each message that expects an answer has five seconds for it", async () => {
  const table = [
    ["hello", (it) => (it.hear({ ...ANSWER, expiresAt: "2026-01-01T00:00:24Z" }), it.pass(4_000))],
    ["sync", (it) => it.live.wake()],
    ["subscribe", (it) => it.live.watch(["rounds"])],
    ["ping", (it) => it.pass(10_000)],
  ];
  for (const [type, act] of table) {
    const it = page();
    it.live.start();
    await it.greet();
    await act(it);
    assert.equal(it.socket().sent.at(-1).type, type);
    // A push says nothing about the message: it may have been on its way before.
    it.hear({ v: 1, events: [] });
    await it.pass(4_900);
    assert.equal(it.links.at(-1), "live", type);
    await it.pass(100);
    assert.equal(it.links.at(-1), "connecting", type);
  }
  const it = page();
  it.live.start();
  it.socket().onopen();
  await it.pass(5_100);
  assert.equal(it.sockets[0].isClosed, true, "the first hello, too");
});

test("a hidden page pings as seldom as the server asks", async () => {
  const it = page({ isHidden: () => true });
  it.live.start();
  await it.greet();
  await it.pass(24_000);
  assert.equal(it.socket().sent.length, 1);
  await it.pass(1_000);
  assert.equal(it.socket().sent.at(-1).type, "ping");
});

test("a poll of a session that is over tells the next one nothing", async () => {
  let answer;
  const it = page({ poll: () => new Promise((resolve) => (answer = resolve)) });
  it.live.start();
  it.live.lost();
  await it.settle();
  it.live.stop();
  it.live.start();
  answer({ events: [{ type: "wallet", data: { balance: "1" } }] });
  await it.settle();
  assert.deepEqual(it.events, []);
});

test("asks for what it missed each minute, and when the page wakes", async () => {
  const it = page();
  it.live.start();
  await it.greet();
  for (let second = 0; second < 60; second += 10) {
    await it.pass(10_000);
    it.answer();
  }
  const syncs = () => it.socket().sent.filter((message) => message.type === "sync").length;
  assert.equal(syncs(), 1);
  it.live.wake();
  assert.equal(syncs(), 2);
  it.answer({ more: true });
  assert.equal(syncs(), 3);
});

test("says hello again before the token expires", async () => {
  const it = page();
  it.live.start();
  await it.greet();
  for (let second = 0; second < 870; second += 10) {
    await it.pass(10_000);
    it.hear({ v: 1, ref: it.socket().sent.at(-1).ref, ok: true });
  }
  assert.equal(it.socket().sent.filter((message) => message.type === "hello").length, 1);
  await it.pass(15_000);
  assert.equal(it.socket().sent.filter((message) => message.type === "hello").length, 2);
});

test("polls every five seconds where no socket can be had, and stops once there is one", async () => {
  const it = page({ poll: async () => ({ events: [{ type: "wallet", data: {} }] }) });
  it.live.start();
  it.socket().onclose();
  await it.pass(2_000);
  it.socket().onclose();
  await it.settle();
  assert.equal(it.links.at(-1), "poll");
  assert.equal(it.polls, 1);
  await it.pass(5_000);
  assert.equal(it.polls, 2);
  await it.greet();
  assert.equal(it.links.at(-1), "live");
  await it.pass(20_000);
  assert.equal(it.polls, 2);
});

test("is off where neither is answered, and comes back", async () => {
  let isOff = true;
  const it = page({ poll: async () => (isOff ? Promise.reject(new Error("offline")) : { events: [] }) });
  it.live.start();
  await it.greet();
  it.live.lost();
  await it.settle();
  assert.equal(it.links.at(-1), "off");
  isOff = false;
  await it.pass(5_000);
  assert.equal(it.links.at(-1), "poll");
  it.live.wake();
  await it.greet();
  assert.equal(it.links.at(-1), "live");
});

test("each reason of a bye has its answer", async () => {
  const table = [
    ["token-expired", 0, 1, 2],
    ["role-lost", 0, 1, 2],
    ["going-away", 10_000, 9_000, 1],
    ["going-away", 10_000, 10_100, 2],
    ["blocked", 0, 60_000, 1],
    ["replaced", 0, 60_000, 1],
  ];
  for (const [reason, retryAfterMs, ms, sockets] of table) {
    const it = page();
    it.live.start();
    await it.greet();
    it.hear({ v: 1, bye: { reason, retryAfterMs } });
    await it.pass(ms);
    assert.deepEqual(it.byes, [reason]);
    assert.equal(it.sockets.length, sockets, `${reason} after ${ms} ms`);
    if (reason === "token-expired") assert.deepEqual(it.tokens, [false, true]);
    if (reason === "replaced") assert.equal(it.links.at(-1), "poll");
  }
});

test("joins and leaves rooms as the page moves", async () => {
  const it = page();
  it.live.start();
  await it.greet();
  it.live.watch(["rounds", "round:1"]);
  it.live.watch(["round:1"]);
  const messages = it
    .socket()
    .sent.slice(1)
    .map(({ type, rooms }) => [type, rooms]);
  assert.deepEqual(messages, [
    ["subscribe", ["rounds", "round:1"]],
    ["unsubscribe", ["rounds"]],
  ]);
});

test("stops without a session, and asks for another token once where the first is refused", async () => {
  const none = page({ token: async () => null });
  none.live.start();
  none.socket().onopen();
  await none.pass(60_000);
  assert.equal(none.sockets.length, 1);
  const it = page();
  it.live.start();
  it.socket().onopen();
  await it.settle();
  it.hear({ v: 1, ref: "1", problem: { type: "urn:evens:problem:unauthorized" } });
  await it.settle();
  assert.deepEqual(it.tokens, [false, true]);
});

test("waits at random, longer after each failure, and longest while hidden", () => {
  assert.equal(backOff(1, 0), 500);
  assert.equal(backOff(1, 1), 2_000);
  assert.equal(backOff(20, 1), 30_000);
  assert.equal(backOff(20, 1, true), 60_000);
});

test("the answers to hello and sync tell the time, with the moment when they were asked for", async () => {
  const it = page();
  it.live.start();
  await it.pass(300);
  it.socket().onopen();
  await it.settle();
  await it.pass(40);
  it.hear(ANSWER);
  it.live.wake();
  assert.deepEqual(it.socket().sent.at(-1).type, "sync");
  it.hear({ ...ANSWER, ref: "2", serverTime: "2026-01-01T00:01:00Z" });
  it.hear({ v: 1, events: [], conflated: 0 });
  assert.deepEqual(it.times, [
    ["2026-01-01T00:00:00Z", 300],
    ["2026-01-01T00:01:00Z", 340],
  ]);
});
