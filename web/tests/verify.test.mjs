// A verification passes, and each changed value fails its own step.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { totals, waitingOf } from "../shared/stakes.js";
import { byHand, hasDraw, isVerifiable, verifyBet, verifyRound } from "../shared/verify.js";
import { BET, KEPT, MATCH, ROUND } from "./facts.mjs";

const OTHER = "00".repeat(32);

/** The ids of the steps, as one line. */
const said = ({ steps }) => steps.map((step) => step.id).join(" ");

test("each change fails the step that it concerns", async () => {
  const winner = { ...BET, betId: MATCH.betAId, side: "A", nonce: MATCH.nonceA, nonceHash: "5b81", payout: "4" };
  const table = [
    [{}, "seed.kept nonce.kept match.good paid.lost"],
    [{ kept: {} }, "seed.unkept nonce.unkept match.good paid.lost"],
    [{ kept: { ...KEPT, roundHash: { hash: OTHER, at: "" } } }, "seed.bad nonce.kept match.good paid.lost"],
    [{ kept: { ...KEPT, nonceHash: { hash: OTHER, at: "" } } }, "seed.kept nonce.bad match.good paid.lost"],
    [{ round: { ...ROUND, seed: OTHER } }, "seed.bad nonce.kept match.good paid.lost"],
    [{ bet: { ...BET, nonce: OTHER } }, "seed.kept nonce.bad match.good paid.lost"],
    [{ bet: { ...BET, nonce: null } }, "seed.kept nonce.missing match.good paid.lost"],
    [{ bet: { ...BET, nonce: null, nonceHash: null } }, "seed.kept nonce.none match.good paid.lost"],
    [{ matches: [{ ...MATCH, winnerSide: "B" }] }, "seed.kept nonce.kept match.bad paid.lost"],
    [{ matches: [{ ...MATCH, betAId: BET.betId }] }, "seed.kept nonce.kept match.bad paid.bad"],
    [{ bet: { ...BET, payout: "4" } }, "seed.kept nonce.kept match.good paid.bad"],
    [{ matches: [] }, "seed.kept nonce.kept paid.bad"],
    [{ matches: [], bet: { ...BET, settled: "0", refunded: "2" } }, "seed.kept nonce.kept paid.back"],
    [
      { matches: [{ ...MATCH, state: "VOID", winnerSide: null }], bet: { ...BET, settled: "0", refunded: "2" } },
      "seed.kept nonce.kept paid.back",
    ],
    [{ bet: winner, kept: {} }, "seed.unkept nonce.bad match.good paid.won"],
  ];
  for (const [changes, expected] of table) {
    const found = await verifyBet({ bet: BET, round: ROUND, matches: [MATCH], kept: KEPT, ...changes });
    // The seed of zeros draws by chance; only its own step counts.
    if (changes.round?.seed !== OTHER) assert.equal(said(found), expected);
    else assert.match(said(found), /^seed\.bad /);
    assert.equal(found.isGood, !/\.(bad|missing)/.test(said(found)), said(found));
  }
});

test("a round with one winner decides each of its matches", async () => {
  const round = {
    ...ROUND,
    roundId: "coin",
    draw: "round",
    seed: "cbf94aa5d5dc24a76b4c0151910ea73877ad92ec39a0d20dcf45d90503fcafe4",
    seedHash: "6b06d714af6b3506f678903a42aea75520838a5200c4d08972b3141154328df3",
    winnerSide: "B",
    state: "RESULTED",
  };
  const facts = { round, bet: { ...BET, payout: "4" }, matches: [{ ...MATCH, winnerSide: "B" }], kept: {} };
  assert.equal(said(await verifyBet(facts)), "seed.unkept nonce.unkept draw.good match.round paid.won");
  assert.equal(
    said(await verifyBet({ ...facts, matches: [MATCH] })),
    "seed.unkept nonce.unkept draw.good match.bad paid.won",
  );
  assert.equal(
    said(await verifyBet({ ...facts, round: { ...round, winnerSide: "A" } })),
    "seed.unkept nonce.unkept draw.bad match.round paid.won",
  );
});

test("a signed result is checked by its key", async () => {
  const oracle = { name: "referee", publicKey: "En0KljGpRksN4j8NW3cQoV/A6ESG+suD+7P0HZs/hiU=" };
  const signature = "6EQ8sSgZGIZM3Vhb+yrlkBOXXPBjRplqhKwqthbUrwWXuytAtZzVrIN1fjcpFenWvhyI0RpughM3qaq9/DU+Bw==";
  const round = { ...ROUND, roundId: "derby", draw: "oracle", oracle, signature, winnerSide: "A" };
  const facts = { round, bet: BET, matches: [MATCH], kept: {} };
  assert.equal(said(await verifyBet(facts)), "seed.unkept nonce.unkept oracle.good match.round paid.lost");
  assert.match(said(await verifyBet({ ...facts, round: { ...round, winnerSide: "B" } })), /oracle\.bad/);
  const waits = await verifyBet({ ...facts, round: { ...round, winnerSide: null, signature: undefined }, matches: [] });
  assert.match(said(waits), /round\.none/);
});

test("a round is verified without a bet in it", async () => {
  const none = await verifyRound({ round: ROUND, matches: [MATCH], kept: { roundHash: null } });
  assert.equal(said(none), "seed.unkept matches.good");
  const wrong = await verifyRound({
    round: ROUND,
    matches: [{ ...MATCH, winnerSide: "B" }],
    kept: { roundHash: null },
  });
  assert.equal(said(wrong), "seed.unkept matches.bad");
  assert.equal(wrong.isGood, false);
  assert.equal(
    said(await verifyRound({ round: ROUND, matches: [], kept: { roundHash: null } })),
    "seed.unkept matches.none",
  );
});

test("a round without a match or a result has a seed and no draw", async () => {
  const of = (more, matches) => verifyRound({ round: { ...ROUND, ...more }, matches, kept: { roundHash: null } });
  assert.equal(hasDraw(await of({}, [MATCH])), true);
  assert.equal(hasDraw(await of({ state: "CANCELLED" }, [])), false);
  assert.equal(hasDraw(await of({ state: "CANCELLED", draw: "oracle", winnerSide: null }, [])), false);
  const unmatched = { ...BET, settled: "0", payout: "0", refunded: BET.amount };
  assert.equal(hasDraw(await verifyBet({ round: ROUND, bet: unmatched, matches: [], kept: {} })), false);
});

test("after its end a round has no waiting stakes", () => {
  const round = { ...ROUND, matched: { A: "6", B: "6" }, waiting: { A: "4", B: "0" } };
  assert.deepEqual([totals({ ...round, state: "OPEN" }).a, waitingOf({ ...round, state: "OPEN" }).A], ["10", "4"]);
  for (const state of ["CLOSED", "CANCELLED", "RESULTED"])
    assert.deepEqual([totals({ ...round, state }).a, waitingOf({ ...round, state }).A], ["6", "0"], state);
});

test("a bet is verified once all of it has ended and the seed is public", () => {
  assert.equal(isVerifiable(BET, ROUND), true);
  assert.equal(isVerifiable(BET, { ...ROUND, seed: null }), false);
  assert.equal(isVerifiable({ ...BET, open: "1" }, ROUND), false);
  assert.equal(isVerifiable({ ...BET, matched: "1" }, ROUND), false);
});

test(
  "the commands by hand print what this page computes",
  { skip: hasOpenssl() ? false : "there is no openssl" },
  () => {
    const printed = execFileSync("bash", ["-c", byHand(ROUND, [MATCH])], { encoding: "utf8" });
    const hashes = printed
      .trim()
      .split("\n")
      .map((line) => line.split(" ").at(-1));
    assert.deepEqual(hashes, [ROUND.seedHash, "11f43b52ec74e10d995236fb23519a5f4d76b44d560aabb892a2d3c4e21fad0d"]);
  },
);

function hasOpenssl() {
  try {
    return execFileSync("openssl", ["version"], { encoding: "utf8" }).startsWith("OpenSSL 3");
  } catch {
    return false;
  }
}
