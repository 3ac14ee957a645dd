// The comparison of a statement in the console: the file before it is sent, how it is sent, and where its report is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createActions } from "../console/actions.js";
import { faultOf, fieldsOf, fileValue } from "../console/acts/fields.js";
import { ACTS } from "../console/acts/index.js";
import { INITIAL, reduce } from "../console/state.js";
import { console as texts } from "../i18n/console.js";
import { Refused, createApi, problemOf } from "../shared/api.js";
import { createStore } from "../shared/store.js";

const MIB = 1024 * 1024;
const ACT = ACTS["statement.compare"];
const FILE = new File(["at,kind,id,reference,amount,currency\n"], "2 of 3.csv");
const VALUES = { provider: "sandbox", day: "2026-01-05", statement: fileValue(FILE) };

/** An answer with these differences. */
const answer = (counts, notFinalBefore = null) => ({
  data: { reportId: "2026-01-05:sandbox.file:ab", provider: "sandbox", day: "2026-01-05", counts },
  differences: [],
  notFinalBefore,
});

test("a file that is missing or too large is refused before it is sent", () => {
  const fault = (values) => faultOf(fieldsOf(ACT, { act: "statement.compare", subject: {} }, values), values);
  const table = [
    [{}, { field: "provider", code: "field-missing" }],
    [{ provider: "sandbox" }, { field: "day", code: "field-missing" }],
    [
      { ...VALUES, statement: fileValue(undefined) },
      { field: "statement", code: "field-missing" },
    ],
    [
      { ...VALUES, statement: fileValue({ size: 3 * MIB + 1, name: "large.csv" }) },
      { field: "statement", code: "file-large" },
    ],
    [{ ...VALUES, statement: fileValue({ size: 3 * MIB, name: "9999999 lines.csv" }) }, null],
    [VALUES, null],
  ];
  for (const [values, expected] of table) assert.deepEqual(fault(values), expected, JSON.stringify(values));
  assert.ok("problem.file-large" in texts);
});

test("a file is sent as it is, and not as JSON", async () => {
  const sent = [];
  const fetch = async (path, { method, headers, body }) => (
    sent.push([method, path, headers["content-type"], body]),
    new Response(JSON.stringify(answer({})), { status: 201 })
  );
  const api = createApi({ session: { token: async () => "t", user: () => "7" }, fetch });
  await ACT.send(api, {}, VALUES, FILE);
  assert.deepEqual(sent, [
    ["POST", "/api/operator/reconciliations?provider=sandbox&day=2026-01-05", "application/octet-stream", FILE],
  ]);
  await assert.rejects(ACT.send(api, {}, VALUES, null), ({ problem }) => problem.field === "statement");
});

test("the report of a final day has its page, and another one is kept for the view", () => {
  const [final, early] = [answer({ twice: "2", amount: "1" }), answer({}, "2026-01-07T00:00:00.000Z")];
  assert.deepEqual(
    [ACT.goTo(final), ACT.kept(final)],
    ["#/reconciliation/2026-01-05%3Asandbox.file%3Aab", { key: "comparison", data: null }],
  );
  assert.deepEqual([ACT.goTo(early), ACT.kept(early)], ["#/reconciliation", { key: "comparison", data: early }]);
  assert.deepEqual(ACT.result(final), { provider: "sandbox", day: "2026-01-05", count: "3" });
});

test("after a login that was too old the same file is sent again, and another dialog has none", async () => {
  const refusals = [
    problemOf("login-too-old", 403),
    {
      ...problemOf("invalid", 422),
      field: "statement",
      detail: "statement cannot be read: line 3: it has 3 fields instead of 6",
    },
  ];
  const sent = [];
  const upload = async (_, file) => {
    sent.push(file);
    throw new Refused(refusals.shift());
  };
  const api = { upload, post: async () => ({ data: { tokens: {}, user: {} } }) };
  const store = createStore(reduce, INITIAL);
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
  actions.ask("statement.compare", {}, { provider: "sandbox" });
  actions.attach(FILE);
  actions.type("act", VALUES);
  await actions.confirm();
  assert.equal(store.get().dialog.needsPassword, true);
  actions.type("act", { password: "p" });
  await actions.confirm();
  assert.deepEqual(sent, [FILE, FILE]);
  const { problem } = store.get().forms.act;
  assert.deepEqual([problem.field, problem.detail.includes("line 3")], ["statement", true]);
  actions.ask("statement.compare", {}, VALUES);
  await actions.confirm();
  assert.deepEqual([sent.length, store.get().forms.act.problem.code], [2, "field-missing"]);
});
