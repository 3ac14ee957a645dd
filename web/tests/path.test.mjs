// Paths of requests: whatever an address or an answer has in it, a request goes where it is meant to go.

import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { ACTS } from "../console/acts/index.js";
import { createLoads } from "../console/loads.js";
import { INITIAL } from "../console/state.js";
import { Refused } from "../shared/api.js";
import { path as pathTo } from "../shared/path.js";

const web = path.resolve(import.meta.dirname, "..");

test("a value is one part of its path", () => {
  for (const value of ["a/b", "a?b=c", "a#b", "ä %", "constructor"]) {
    const { pathname } = new URL(pathTo`/api/rounds/${value}/close`, "http://x");
    assert.deepEqual(pathname.split("/").map(decodeURIComponent), ["", "api", "rounds", value, "close"]);
  }
  for (const value of ["", ".", "..", undefined]) {
    assert.throws(
      () => pathTo`/api/rounds/${value}/close`,
      ({ problem }) => problem.code === "not-found",
      value,
    );
  }
});

/** The path that a load of the console asks for, or the code of its problem. */
async function pathOfLoad(key) {
  const asked = [];
  const get = async (at) => {
    asked.push(at);
    return { data: [], nextCursor: null };
  };
  const problems = [];
  const load = createLoads({
    api: { get },
    get: () => INITIAL,
    dispatch: () => null,
    onProblem: ({ code }) => problems.push(code),
  });
  await load(key);
  return asked[0] ?? problems[0];
}

test("an id of the address reaches no other route", async () => {
  const table = [
    ["distribution:wingo/30/period/20261123000000042", "/api/games/wingo/30/period/20261123000000042/distribution"],
    ["distribution:../../operator/queues?x=", "not-found"],
    ["distribution:wingo/30", "not-found"],
    ["distribution:a?b/30/period/7", "/api/games/a%3Fb/30/period/7/distribution"],
    ["withdrawals:held&limit=1", "/api/operator/withdrawals?state=held%26limit%3D1"],
    ["deposits:a#b", "/api/operator/deposits?state=a%23b"],
    ["round:constructor", "/api/rounds/constructor"],
    ["round:..", "not-found"],
    ["user:7/ledger", "/api/operator/users/7%2Fledger"],
  ];
  for (const [key, expected] of table) assert.equal(await pathOfLoad(key), expected, key);
});

test("an act reaches the thing that its dialog names", async () => {
  const sent = [];
  const api = { post: (at) => sent.push(at) };
  await ACTS["period.cancel"].send(api, { gameType: "a/b", duration: "3?0", periodId: "7" }, { reason: "r" });
  await ACTS["round.cancel"].send(api, { roundId: "../rounds/x" }, { reason: "r" });
  assert.deepEqual(sent, ["/api/games/a%2Fb/3%3F0/cancel", "/api/rounds/..%2Frounds%2Fx/cancel"]);
  assert.throws(() => ACTS["round.cancel"].send(api, { roundId: ".." }, { reason: "r" }), Refused);
});

test("no path is put together without its values encoded", () => {
  const modules = ["player", "console", "shared"].flatMap((folder) =>
    fs
      .readdirSync(path.join(web, folder), { recursive: true })
      .map((file) => path.join(folder, String(file)))
      .filter((file) => file.endsWith(".js")),
  );
  // The query of a page is made by a function, which encodes it.
  const raw = modules.flatMap((file) =>
    [
      ...fs
        .readFileSync(path.join(web, file), "utf8")
        .matchAll(/(?<!path)`\/api\/[^`?]*\$\{(?!encodeURIComponent\(|query\(|pageQuery\(|query && |form\})[^`]*`/g),
    ].map(([text]) => `${file}: ${text}`),
  );
  assert.deepEqual(raw, []);
});
