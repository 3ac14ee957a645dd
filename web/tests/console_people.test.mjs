// The names of people in the console, read once for all numbers of an answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createPeople, numbersIn, personName, subjectWords } from "../console/people.js";
import { INITIAL, reduce } from "../console/state.js";
import { Refused, problemOf } from "../shared/api.js";
import { createStore } from "../shared/store.js";

test("the numbers of people are found wherever an answer has them, and no other numbers", () => {
  const answer = {
    items: [
      { orderId: "1", userId: "41", approvals: [{ by: "42", at: "t" }] },
      { roundId: "7", periodId: "20261123000000042" },
    ],
    wins: [{ proposedBy: "43", amount: "10" }],
    chain: { count: 4, wrong: null },
    lines: [{ actor: "44" }, { actor: "command" }, { by: null }],
  };
  assert.deepEqual([...numbersIn(answer)].sort(), ["41", "42", "43", "44"]);
});

/** People whose names are read from this list; a request fails as often as `fails` says. */
function asking(names, fails = 0) {
  const asked = [];
  const store = createStore(reduce, {
    ...INITIAL,
    session: { status: "open", user: { userId: "7" }, hasEnded: false },
  });
  const get = async (path) => {
    const numbers = new URL(path, "http://x").searchParams.get("users").split(",");
    asked.push(numbers);
    if (asked.length <= fails) throw new Refused(problemOf("offline", 0));
    return {
      data: numbers.filter((number) => number in names).map((number) => ({ userId: number, userName: names[number] })),
    };
  };
  return { people: createPeople({ api: { get }, get: store.get, dispatch: store.dispatch }), store, asked };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("answers of one moment share a request, and a known number is asked for once", async () => {
  const { people, store, asked } = asking({ 41: "Asha", 42: null });
  people.learn({ userId: "41" });
  people.learn([{ by: "42" }, { by: "99" }]);
  await settled();
  people.learn({ userId: "41" });
  people.learn({ userId: "99" });
  await settled();
  assert.deepEqual(asked, [["41", "42", "99"]]);
  assert.deepEqual(store.get().people, { 41: "Asha", 42: null, 99: null });
});

test("many numbers are read a hundred at a time, and a failure is asked for again by the next answer", async () => {
  const numbers = Array.from({ length: 250 }, (_, index) => ({ userId: String(1000 + index) }));
  const { people, asked } = asking({}, 1);
  people.learn(numbers);
  await settled();
  assert.deepEqual(
    asked.map(({ length }) => length),
    [100, 100, 50],
  );
  people.learn(numbers);
  await settled();
  assert.deepEqual(
    asked.slice(3).map(({ length }) => length),
    [100],
  );
});

test("names that arrive after the end of the session are dropped", async () => {
  const { people, store } = asking({ 41: "Asha" });
  people.learn({ userId: "41" });
  store.dispatch({ type: "session", status: "none" });
  await settled();
  assert.deepEqual(store.get().people, {});
});

test("sentences have the name before the number", () => {
  const state = { ...INITIAL, people: { 41: "Asha", 42: null } };
  assert.equal(personName(state, "41"), "Asha (41)");
  assert.deepEqual(
    ["42", "43"].map((number) => personName(state, number)),
    ["42", "43"],
  );
  assert.deepEqual(subjectWords(state, { userId: "41", amount: "1" }), { userId: "Asha (41)", amount: "1" });
  assert.deepEqual(subjectWords(state, { roundId: "r" }), { roundId: "r" });
});
