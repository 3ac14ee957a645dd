// The chains of the audit log and of a ledger, checked as the console does.

import assert from "node:assert/strict";
import { test } from "node:test";
import { checkEntries, checkLines, hashOfEntry, hashOfLine } from "../console/chain.js";

/** A log of some lines that follow each other. */
async function log(count) {
  const lines = [];
  for (let number = 1; number <= count; number += 1) {
    const line = {
      number: String(number),
      at: "2026-11-23T10:00:00Z",
      actor: "7",
      action: "close-round",
      subject: "r\\1",
      reason: "a\nb",
      before: "OPEN",
      after: "CLOSED",
      previousHash: lines.at(-1)?.hash ?? "0".repeat(64),
      hash: "",
    };
    lines.push({ ...line, hash: await hashOfLine(line) });
  }
  return lines;
}

test("lines of the audit log follow each other, and a changed, missing or swapped one is found", async () => {
  const lines = await log(4);
  assert.deepEqual(await checkLines(lines), { count: 4, wrong: null });
  assert.deepEqual(await checkLines(lines.slice(2)), { count: 2, wrong: null });
  const table = [
    [lines.map((line, index) => (index === 2 ? { ...line, reason: "another" } : line)), "3", "hash"],
    [[lines[0], lines[2], lines[3]], "3", "number"],
    [lines.map((line, index) => (index === 1 ? { ...line, previousHash: "1".repeat(64) } : line)), "2", "previousHash"],
    [lines.map((line, index) => (index === 0 ? { ...line, previousHash: "1".repeat(64) } : line)), "1", "previousHash"],
  ];
  for (const [changed, number, why] of table) assert.deepEqual((await checkLines(changed)).wrong, { number, why });
});

test("the hash of a line is that of docs/manual/auditor.md", async () => {
  const line = {
    number: "1",
    at: "t",
    actor: "7",
    action: "a",
    subject: "s\\1",
    reason: "a\nb",
    before: "",
    after: "x",
    previousHash: "p",
  };
  const { createHash } = await import("node:crypto");
  assert.equal(await hashOfLine(line), createHash("sha256").update("1\nt\n7\na\ns\\\\1\na\\nb\n\nx\np").digest("hex"));
});

test("entries of a ledger follow each other, and a changed, missing or swapped one is found", async () => {
  const entries = [];
  for (let number = 1; number <= 3; number += 1) {
    const entry = {
      number: String(number),
      idempotentKey: `FUND:${number}`,
      type: "CREDIT",
      purse: number === 2 ? "BONUS" : "CASH",
      amount: "10",
      account: "house",
      referenceId: "x",
      balanceBefore: "0",
      balanceAfter: "10",
      createdAt: "t",
      previousHash: entries[0]?.hash ?? "0".repeat(64),
      hash: "",
    };
    entries.unshift({ ...entry, hash: await hashOfEntry("7", entry) });
  }
  assert.deepEqual(await checkEntries("7", entries), { count: 3, wrong: null });
  assert.deepEqual((await checkEntries("8", entries)).wrong, { number: "3", why: "hash" });
  assert.deepEqual((await checkEntries("7", [entries[0], entries[2]])).wrong, { number: "3", why: "number" });
  assert.deepEqual(
    (
      await checkEntries(
        "7",
        entries.map((entry) => ({ ...entry, purse: "CASH" })),
      )
    ).wrong,
    { number: "2", why: "hash" },
  );
});
