// Draws, with the values of docs/draws.md: each was computed there by OpenSSL.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  hmac,
  isSigned,
  matchId,
  matchMessage,
  oracleMessage,
  roundMessage,
  sha256,
  winnerOf,
} from "../shared/draw.js";
import { BET, MATCH, ROUND } from "./facts.mjs";

test("seeds and nonces have their hashes", async () => {
  const table = [
    [
      "4a4f2e857fbf8ebc678bf9335a76e65c5ca918de70a77839c8051de45c5f0994",
      "7abb8ae470725a39efb1dcb9c88c649c2690b755dc64d6169dc268a26157fcdd",
    ],
    [
      "5c8bfb6655da4122778d9b51b1c114292ba3014f1df9af1d3101ef79b4f05f78",
      "b094e49fd19b0109d3df3e9a5d9152560a61d0b3b0b1c381199cdcbde5d6d1aa",
    ],
    [
      "7440b0555d1197289227755c302c1ec34f860eafea46d1cd417ffcd7eb47cea0",
      "cc570bd97471d127edc8968c342b248300579e34cfd505384ecb7c37ef650a3a",
    ],
    [
      "cbf94aa5d5dc24a76b4c0151910ea73877ad92ec39a0d20dcf45d90503fcafe4",
      "6b06d714af6b3506f678903a42aea75520838a5200c4d08972b3141154328df3",
    ],
    [
      "b04f89021899938928bdf18013580781a63928fce386dde95010882d592ec3c4",
      "a46474128bc812f70344dc4410db02dd35e73e501045950229bf23682fec9672",
    ],
  ];
  for (const [value, hash] of table) assert.equal(await sha256(value), hash);
  await assert.rejects(sha256("no digits"), RangeError);
});

test("matches are drawn by rule 2", async () => {
  assert.equal(
    await hmac(ROUND.seed, matchMessage(MATCH, "2")),
    "11f43b52ec74e10d995236fb23519a5f4d76b44d560aabb892a2d3c4e21fad0d",
  );
  const other = {
    matchId: "e5bde089-5f78-89f9-9918-433654a101e0",
    betAId: MATCH.betAId,
    betBId: "f762206a-a635-8f70-b228-a2536d013748",
    nonceA: MATCH.nonceA,
    nonceB: "f7568a7bedcdac50661f9fc3e44497ec7099522b14ee78fe3cb16551385b7338",
  };
  const drawn = await hmac(ROUND.seed, matchMessage(other, "2"));
  assert.equal(drawn, "c907c3954e4156b5d0ebff339a9585e7e0eb59390a947312ed9f3d6d6e135324");
  assert.equal(winnerOf(drawn), "B");
});

test("matches are drawn by rule 1", async () => {
  const match = {
    ...MATCH,
    matchId: "86dda9b2-a29c-8663-a4a2-de8f42942857",
    betAId: "590f3f1a-3db8-80a7-baa6-6bcd7a64f735",
    betBId: "5e30437d-53ed-8f66-92ea-eda918496379",
  };
  const drawn = await hmac(
    "7440b0555d1197289227755c302c1ec34f860eafea46d1cd417ffcd7eb47cea0",
    matchMessage(match, "1"),
  );
  assert.equal(drawn, "8eb9904b20d4a883f4794e852fe8158265410c028ca7956c27167944c33deed3");
});

test("the line of a bet without a nonce is empty", () => {
  assert.equal(
    matchMessage({ ...MATCH, nonceA: null, nonceB: null }, "2"),
    `match\n${MATCH.matchId}\n${MATCH.betAId}\n${MATCH.betBId}\n\n`,
  );
});

test("a match's id is made of its bets", async () => {
  assert.equal(await matchId(MATCH.betAId, MATCH.betBId), MATCH.matchId);
  assert.notEqual(await matchId(MATCH.betBId, MATCH.betAId), MATCH.matchId);
  assert.equal(BET.betId, MATCH.betBId);
});

test("a round is drawn for everybody", async () => {
  const drawn = await hmac("cbf94aa5d5dc24a76b4c0151910ea73877ad92ec39a0d20dcf45d90503fcafe4", roundMessage("coin"));
  assert.equal(drawn, "822e9c93d75e3d75753d36851357bc4dd601259d36aced5b6a20e94b68d04c53");
  assert.equal(winnerOf(drawn), "B");
});

test("the first digit decides", () => {
  for (const digit of "01234567") assert.equal(winnerOf(`${digit}f`), "A");
  for (const digit of "89abcdef") assert.equal(winnerOf(`${digit}0`), "B");
});

test("an oracle's signature fits its result and no other", async () => {
  const key = "En0KljGpRksN4j8NW3cQoV/A6ESG+suD+7P0HZs/hiU=";
  const signature = "6EQ8sSgZGIZM3Vhb+yrlkBOXXPBjRplqhKwqthbUrwWXuytAtZzVrIN1fjcpFenWvhyI0RpughM3qaq9/DU+Bw==";
  assert.equal(await isSigned(key, signature, oracleMessage("derby", "A")), true);
  assert.equal(await isSigned(key, signature, oracleMessage("derby", "B")), false);
  assert.equal(await isSigned("AAAA", signature, oracleMessage("derby", "A")), false);
});
