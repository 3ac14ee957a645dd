// Computes the draws of docs/draws.md from public values, without asking the server.

import { fromBase64, fromHex, toHex } from "./hex.js";

/** @typedef {"A" | "B"} Side */
/** @typedef {import("./types.d.ts").PublicMatch} PublicMatch */

const text = new TextEncoder();

/** The SHA-256 of bytes that are given as digits. @param {string} hex */
export async function sha256(hex) {
  return toHex(await crypto.subtle.digest("SHA-256", fromHex(hex)));
}

/**
 * HMAC-SHA256 of a text under a seed.
 * @param {string} seed 64 hexadecimal digits
 * @param {string} message
 */
export async function hmac(seed, message) {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", fromHex(seed), algorithm, false, ["sign"]);
  return toHex(await crypto.subtle.sign("HMAC", key, text.encode(message)));
}

/**
 * The id of a thing that follows from its parts: a UUID of version 8, of the SHA-256 of its purpose and parts.
 * @param {string} purpose Such as `bet`. @param {string[]} parts
 */
export async function derivedId(purpose, ...parts) {
  const digest = await crypto.subtle.digest("SHA-256", text.encode([purpose, ...parts].join("\n")));
  const bytes = new Uint8Array(digest).slice(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x80;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** The id of the match of two bets. @param {string} betA @param {string} betB */
export const matchId = (betA, betB) => derivedId("match", betA, betB);

/**
 * The message that draws a match: by rule 1 the ids alone, by rule 2 the nonces as well. The line of a bet without a
 * nonce is empty.
 * @param {PublicMatch} match
 * @param {string} rule `drawRule` of the round
 */
export function matchMessage(match, rule) {
  const ids = ["match", match.matchId, match.betAId, match.betBId];
  const nonces = rule === "1" ? [] : [match.nonceA ?? "", match.nonceB ?? ""];
  return [...ids, ...nonces].join("\n");
}

/** The message that draws a whole round. @param {string} roundId */
export const roundMessage = (roundId) => `round\n${roundId}`;

/** The message that an oracle signs. @param {string} roundId @param {Side} winner */
export const oracleMessage = (roundId, winner) => `evens-result\n${roundId}\n${winner}`;

/** The first bit of an HMAC decides. @param {string} drawn @returns {Side} */
export const winnerOf = (drawn) => (/^[0-7]/.test(drawn) ? "A" : "B");

/**
 * Checks an Ed25519 signature.
 * @param {string} publicKey Base64
 * @param {string} signature Base64
 * @param {string} message
 * @returns {Promise<boolean | null>} Null where this browser has no Ed25519.
 */
export const isSigned = (publicKey, signature, message) =>
  isSignedBy(fromBase64(publicKey), fromBase64(signature), message);

/**
 * As `isSigned`, with the bytes of key and signature.
 * @param {Uint8Array<ArrayBuffer>} publicKey
 * @param {Uint8Array<ArrayBuffer>} signature
 * @param {string} message
 * @returns {Promise<boolean | null>}
 */
export async function isSignedBy(publicKey, signature, message) {
  let key;
  try {
    key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotSupportedError") return null;
    return false;
  }
  return crypto.subtle.verify("Ed25519", key, signature, text.encode(message));
}
