// Checks the chains of docs/books.md: the hash of each line of the audit log and of each ledger entry, its number, and
// that it follows the one before it.

import { toHex } from "../shared/hex.js";

/** The fields of a line in the order in which they are hashed. */
const FIELDS = /** @type {const} */ ([
  "number",
  "at",
  "actor",
  "action",
  "subject",
  "reason",
  "before",
  "after",
  "previousHash",
]);

/** The hash before the first line of all. */
const ZEROS = "0".repeat(64);

/** Inside a field, a backslash and a line feed are written as `\\` and `\n`. @param {string} text */
const oneLine = (text) => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");

/** @param {Record<string, string>} line */
export async function hashOfLine(line) {
  const text = FIELDS.map((field) => oneLine(line[field])).join("\n");
  return toHex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/**
 * The first line that does not follow, and why.
 * @param {Record<string, string>[]} lines Oldest first, of one day or of several.
 * @returns {Promise<{ count: number, wrong: { number: string, why: "number" | "previousHash" | "hash" } | null }>}
 */
export async function checkLines(lines) {
  let before = null;
  for (const line of lines) {
    const isFirst = line.number === "1";
    const why =
      before && BigInt(line.number) !== BigInt(before.number) + 1n
        ? "number"
        : (before && line.previousHash !== before.hash) || (isFirst && line.previousHash !== ZEROS)
          ? "previousHash"
          : (await hashOfLine(line)) !== line.hash
            ? "hash"
            : null;
    if (why) return { count: lines.length, wrong: { number: line.number, why } };
    before = line;
  }
  return { count: lines.length, wrong: null };
}

/**
 * The hash of a ledger entry: a `BONUS` entry has one more line.
 * @param {string} userId @param {import("../shared/types.d.ts").Entry} entry
 */
export async function hashOfEntry(userId, entry) {
  const {
    number,
    idempotentKey,
    type,
    amount,
    account,
    referenceId,
    balanceBefore,
    balanceAfter,
    createdAt,
    previousHash,
    purse,
  } = entry;
  const lines = [
    userId,
    number,
    oneLine(idempotentKey),
    type,
    amount.replace("-", ""),
    oneLine(account),
    oneLine(referenceId),
    balanceBefore,
    balanceAfter,
    createdAt,
    previousHash,
  ];
  const text = [...lines, ...(purse === "BONUS" ? ["BONUS"] : [])].join("\n");
  return toHex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

/**
 * The first entry that does not follow the one before it.
 * @param {string} userId @param {import("../shared/types.d.ts").Entry[]} entries Newest first, without a gap.
 * @returns {Promise<{ count: number, wrong: { number: string, why: "number" | "previousHash" | "hash" } | null }>}
 */
export async function checkEntries(userId, entries) {
  for (const [index, entry] of entries.entries()) {
    const before = entries[index + 1];
    const why =
      before && BigInt(entry.number) !== BigInt(before.number) + 1n
        ? "number"
        : (before && entry.previousHash !== before.hash) || (entry.number === "1" && entry.previousHash !== ZEROS)
          ? "previousHash"
          : (await hashOfEntry(userId, entry)) !== entry.hash
            ? "hash"
            : null;
    if (why) return { count: entries.length, wrong: { number: entry.number, why } };
  }
  return { count: entries.length, wrong: null };
}
