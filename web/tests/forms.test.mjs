// Forms of the player page: a double click is one request, and a form into which the player has typed since is another.

import assert from "node:assert/strict";
import { test } from "node:test";
import { INITIAL, reduce } from "../shared/reduce.js";

// As much of a page as the modules of views need to be read.
globalThis.document ??= /** @type {any} */ ({ documentElement: {}, createTreeWalker() {}, createComment() {} });
const { createActions } = await import("../player/actions.js");

/** The actions over a service that answers at once. */
function player() {
  /** @type {import("../shared/types.d.ts").State} */
  let state = INITIAL;
  /** @type {string[]} */
  const sent = [];
  const answer = { data: { payeeId: "p" } };
  const api = { post: async (/** @type {string} */ _, /** @type {any} */ { account }) => (sent.push(account), answer) };
  const act = createActions(
    /** @type {any} */ ({
      api,
      session: { user: () => "1" },
      loads: { load: async () => {} },
      get: () => state,
      dispatch: (/** @type {any} */ event) => (state = reduce(state, event)),
    }),
  );
  return { act, sent };
}

test("the second click of a double click sends nothing, also after a quick answer", async () => {
  const { act, sent } = player();
  act.type("payee", { account: "ACCOUNT-1" });
  await Promise.all([act.addPayee(), act.addPayee()]);
  await act.addPayee();
  assert.deepEqual(sent, ["ACCOUNT-1"]);
});

test("what the player types after an answer is sent, however quick they are", async () => {
  const { act, sent } = player();
  act.type("payee", { account: "12" });
  await act.addPayee();
  act.type("payee", { account: "ACCOUNT-1" });
  await act.addPayee();
  assert.deepEqual(sent, ["12", "ACCOUNT-1"]);
});
