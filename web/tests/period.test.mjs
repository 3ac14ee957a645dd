// The draw of a game's period: the golden values of docs/games.md, and each changed value fails its own step.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { blockMessage, drawSymbols, lastDigit, periodMessage } from "../shared/draw_symbols.js";
import { createKept } from "../shared/kept.js";
import { createStorage } from "../shared/storage.js";
import { isDrawn, verifyPeriod } from "../shared/verify_period.js";

const document = fs.readFileSync(path.resolve(import.meta.dirname, "../../docs/games.md"), "utf8");
const constant = (name) => new RegExp(`\\$ ${name}=([0-9a-f]{64})`).exec(document)?.[1] ?? "";
const SEED = constant("SEED");
const BLOCK = constant("BLOCK");
const HASH = /SHA2-256\(stdin\)= ([0-9a-f]{64})/.exec(document)?.[1] ?? "";

/** The symbols of the games in the document, in the order of its first examples. */
const SYMBOLS = [
  { count: "1", first: "0", last: "9" },
  { count: "3", first: "1", last: "6" },
  { count: "5", first: "0", last: "9" },
];

/** The examples: the id, its first bytes, and whether a block takes part. */
const examples = [...document.matchAll(/\$ bytes (\S+)\n([\d ]+)\n/g)].map(([, id, bytes], index) => ({
  id,
  bytes: bytes.trim().split(" ").map(Number),
  blockId: index < 3 ? null : BLOCK,
}));

/** The drawn symbols as the document's sentences tell them: "K3: …, 87 and 132 are 2, 4 and 1." */
const told = [...document.matchAll(/ (?:is|are) (\d(?:(?:, | and )\d)*)\./g)]
  .map(([, list]) => list.split(/, | and /))
  .filter((list) => [1, 3, 5].includes(list.length));

test("draws are those of the document", async () => {
  assert.equal(examples.length, 5);
  const drawn = [];
  for (const [index, { id, bytes, blockId }] of examples.entries()) {
    const found = await drawSymbols(SEED, periodMessage(id, blockId), SYMBOLS[index % 3]);
    assert.deepEqual([...Buffer.from(found.bytes, "hex")].slice(0, bytes.length), bytes, id);
    drawn.push(found.drawn);
  }
  for (const symbols of drawn) {
    assert.ok(
      told.some((list) => String(list) === String(symbols)),
      `the document has no ${symbols}`,
    );
  }
  assert.equal(lastDigit(BLOCK), "0");
});

const [{ id: ID }] = examples;
const PERIOD = {
  closesAt: "2026-11-23T00:20:55Z",
  result: { number: "8" },
  verification: {
    seed: SEED,
    seedHash: HASH,
    message: periodMessage(ID, null),
    entropy: "none",
    source: null,
    block: null,
    blockId: null,
    blockTime: null,
    link: null,
    signature: null,
  },
};
const KEPT = { hash: HASH, at: "2026-11-23T00:20:00Z", entropy: "none", source: null };
const OTHER = "00".repeat(32);

/** @param {object} [changes] */
const verified = (changes = {}, proof = {}) =>
  verifyPeriod(
    /** @type {any} */ ({
      id: ID,
      symbols: SYMBOLS[0],
      told: ["8"],
      kept: KEPT,
      ...changes,
      period: { ...PERIOD, verification: { ...PERIOD.verification, ...proof } },
    }),
  );
const said = ({ steps }) => steps.map((step) => step.id).join(" ");

test("each change of a period fails the step that it concerns", async () => {
  const good = "seed.before entropy.none symbols.good";
  const table = [
    [{}, {}, good],
    [{ kept: null }, {}, "seed.period entropy.none symbols.good"],
    [{ kept: { ...KEPT, hash: OTHER } }, {}, "seed.bad entropy.none symbols.good"],
    [{ kept: { ...KEPT, entropy: "block", source: "local" } }, {}, "seed.before entropy.bad symbols.good"],
    [{ told: ["7"] }, {}, "seed.before entropy.none symbols.bad"],
    [{ told: ["8", "8"] }, {}, "seed.before entropy.none symbols.bad"],
    [{}, { seedHash: OTHER }, "seed.bad entropy.none symbols.good"],
    [{}, { message: "another" }, "seed.before entropy.none symbols.bad"],
    [{}, { message: null }, "seed.before entropy.none symbols.bad"],
    [{}, { entropy: "block" }, "seed.before entropy.bad symbols.good"],
    [{ id: examples[1].id }, {}, "seed.before entropy.none symbols.bad"],
  ];
  for (const [changes, proof, expected] of table) {
    const found = await verified(changes, proof);
    assert.equal(said(found), expected);
    assert.equal(found.isGood, !/\.bad/.test(expected));
  }
});

test("a block takes part only where it fits the period", async () => {
  const keys = crypto.generateKeyPairSync("ed25519");
  const key = Buffer.from(keys.publicKey.export({ format: "jwk" }).x ?? "", "base64url").toString("hex");
  const block = {
    block: String(Number.parseInt(BLOCK.slice(0, 16), 16)),
    blockId: BLOCK,
    blockTime: "2026-11-23T00:20:58.5Z",
  };
  const signature = crypto.sign(null, Buffer.from(blockMessage(ID, block)), keys.privateKey).toString("hex");
  const proof = {
    ...block,
    entropy: "block",
    source: `oracle:${key}`,
    signature,
    link: "https://example.com/1",
    message: periodMessage(ID, BLOCK),
  };
  const changes = { told: ["9"], kept: { ...KEPT, entropy: "block", source: proof.source } };
  const table = [
    [{}, "block.good signature.good chain.look symbols.good"],
    [{ signature: "00".repeat(64) }, "block.good signature.bad chain.look symbols.good"],
    [{ block: "1" }, "block.bad signature.bad chain.look symbols.good"],
    [{ blockTime: "2026-11-23T00:20:56.9Z" }, "block.bad signature.bad chain.look symbols.good"],
    [{ blockTime: "2026-11-23T00:21:27Z" }, "block.bad signature.bad chain.look symbols.good"],
    [{ blockTime: null }, "block.bad signature.bad chain.look symbols.good"],
    [{ message: null }, "block.good signature.good chain.look symbols.bad"],
  ];
  for (const [change, expected] of table)
    assert.equal(said(await verified(changes, { ...proof, ...change })), `seed.before entropy.block ${expected}`);
  const local = { told: ["9"], kept: null };
  assert.equal(
    said(await verified(local, { ...proof, source: "local", link: null })),
    "seed.period entropy.block block.good chain.local symbols.good",
  );
  assert.match(
    said(await verified(changes, { ...proof, source: "local" })),
    /entropy\.bad/,
    "another source than the one that was fixed",
  );
  const byBlock = await verified({ told: ["0"], kept: null }, { ...proof, source: "tron", message: null });
  assert.equal(said(byBlock), "seed.period entropy.block block.good chain.look symbols.block");
  assert.ok(byBlock.isGood);
});

test("a period without a result is not verified", () => {
  assert.equal(isDrawn(/** @type {any} */ (PERIOD)), true);
  assert.equal(isDrawn(/** @type {any} */ ({ ...PERIOD, result: null })), false);
});

test("a hash that was seen only after betting closed proves nothing", () => {
  const kept = createKept(
    createStorage(() => null),
    () => "42",
    () => new Date("2026-11-23T00:20:00Z"),
  );
  kept.period("game-30", /** @type {any} */ ({ periodId: "7", seedHash: HASH, entropy: "none", source: null }));
  assert.deepEqual(kept.ofPeriod("game-30-7", PERIOD.closesAt), { ...KEPT, at: "2026-11-23T00:20:00.000Z" });
  assert.equal(kept.ofPeriod("game-30-7", "2026-11-23T00:19:59Z"), null);
  assert.equal(kept.ofPeriod("game-30-8", PERIOD.closesAt), null);
});

test("the commands by hand print what this page computes, and no value becomes a command", async () => {
  const { byHand } = await verified();
  const hostile = await verified({}, { seed: `${SEED};id` }).catch(() => ({ byHand: "" }));
  assert.equal(hostile.byHand, "");
  assert.equal((await verified({ id: "a'$(id)'-1" })).byHand, "");
  if (!hasOpenssl()) return;
  const lines = execFileSync("bash", ["-c", byHand], { encoding: "utf8" }).trim().split("\n");
  assert.equal(lines[0].split(" ").at(-1), HASH);
  assert.deepEqual(
    lines.slice(1).join(" ").trim().split(/ +/).map(Number).slice(0, examples[0].bytes.length),
    examples[0].bytes,
  );
});

function hasOpenssl() {
  try {
    return execFileSync("openssl", ["version"], { encoding: "utf8" }).startsWith("OpenSSL 3");
  } catch {
    return false;
  }
}
