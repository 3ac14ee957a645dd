// Verifies the draw of a game's period step by step, from public values and from what this browser kept before it.

import { isSignedBy, sha256 } from "./draw.js";
import { blockMessage, drawSymbols, lastDigit, periodMessage } from "./draw_symbols.js";
import { fromHex } from "./hex.js";

/** @typedef {import("./types.d.ts").DrawnPeriod} DrawnPeriod */
/** @typedef {import("./types.d.ts").Step} Step */
/** @typedef {import("./types.d.ts").Verification} Verification */
/** @typedef {import("./kept.js").Kept} Kept */
/**
 * @typedef {Record<"seed" | "message" | "source" | "block" | "blockId" | "blockTime" | "link" | "signature",
 *   string | null>} Optional
 */
/** @typedef {Optional & { seedHash: string, entropy: string }} Proof */

/** When a block may be stamped, in milliseconds after betting closed. */
const BLOCK_FROM = 2_000;
const BLOCK_UNTIL = { oracle: 32_000, chain: 600_000 };

/** Whether the draw is public, so that it can be verified. @param {DrawnPeriod} period */
export const isDrawn = ({ result, verification }) => Boolean(result && verification.seed);

/**
 * @param {{ id: string, period: Pick<DrawnPeriod, "closesAt" | "verification">, kept: Kept | null,
 *   symbols: import("./draw_symbols.js").Symbols, told: string[] }} facts `id`: the room and the period, as the player
 *   chose them. `told`: the symbols of the result.
 * @returns {Promise<Verification>}
 */
export async function verifyPeriod({ id, period, symbols, told, kept }) {
  const proof = proofOf(period);
  const steps = [await seedStep(proof, kept), entropyStep(proof, kept)];
  if (proof.blockId !== null) {
    steps.push(blockStep(period.closesAt, proof));
    const signature = await signatureStep(id, proof);
    steps.push(...(signature ? [signature] : []), chainStep(proof));
  }
  steps.push(await symbolsStep(id, proof, symbols, told));
  return { steps, isGood: steps.every((step) => step.state !== "bad"), byHand: byHand(id, proof) };
}

/** A value that is left out is none. @param {Pick<DrawnPeriod, "verification">} period @returns {Proof} */
function proofOf({ verification }) {
  const {
    seedHash,
    entropy,
    seed = null,
    message = null,
    source = null,
    block = null,
    blockId = null,
    blockTime = null,
    link = null,
    signature = null,
  } = verification;
  return { seedHash, entropy, seed, message, source, block, blockId, blockTime, link, signature };
}

/** @param {boolean} isGood @returns {Step["state"]} */
const stateOf = (isGood) => (isGood ? "ok" : "bad");

/** @param {Proof} proof @param {Kept | null} kept @returns {Promise<Step>} */
async function seedStep({ seed: published, seedHash }, kept) {
  const seed = published ?? "";
  const computed = await sha256(seed);
  const isGood = computed === seedHash && (!kept || kept.hash === computed);
  return {
    id: !isGood ? "seed.bad" : kept ? "seed.before" : "seed.period",
    state: stateOf(isGood),
    values: [
      { label: "seed", value: seed, isHash: true },
      { label: "computed", value: computed, isHash: true },
      ...(kept && kept.hash !== computed ? [{ label: "kept", value: kept.hash, at: kept.at, isHash: true }] : []),
      ...(computed !== seedHash ? [{ label: "published", value: seedHash, isHash: true }] : []),
    ],
  };
}

/**
 * The kind of draw is fixed when the period opens: a block that is left out would be a second draw.
 * @param {Proof} proof @param {Kept | null} kept @returns {Step}
 */
function entropyStep({ entropy, source, blockId }, kept) {
  const isFixed = !kept || kept.entropy === undefined || (kept.entropy === entropy && (kept.source ?? null) === source);
  const isGood = isFixed && entropy === (blockId === null ? "none" : "block");
  return {
    id: !isGood ? "entropy.bad" : blockId === null ? "entropy.none" : "entropy.block",
    state: stateOf(isGood),
    values: [],
  };
}

/** @param {string} closesAt @param {Proof} proof @returns {Step} */
function blockStep(closesAt, { block, blockId, blockTime, source }) {
  const late = Date.parse(blockTime ?? "") - Date.parse(closesAt);
  const until = source?.startsWith("oracle:") ? BLOCK_UNTIL.oracle : BLOCK_UNTIL.chain;
  const isId = /^[0-9a-f]{64}$/.test(blockId ?? "") && BigInt(`0x${blockId?.slice(0, 16)}`) === BigInt(block ?? -1);
  const isGood = isId && late >= BLOCK_FROM && late < until;
  return {
    id: isGood ? "block.good" : "block.bad",
    state: stateOf(isGood),
    words: { block: block ?? "–", seconds: String(late / 1000) },
    values: [{ label: "block", value: blockId ?? "", isHash: true }],
  };
}

/** Null where no oracle signs the block. @param {string} id @param {Proof} proof @returns {Promise<Step | null>} */
async function signatureStep(id, proof) {
  const [kind, key = ""] = (proof.source ?? "").split(":");
  if (kind !== "oracle") return null;
  const signature = proof.signature ?? "";
  const isSigned = await isSignedBy(fromHex(key), fromHex(signature), blockMessage(id, proof));
  return {
    id: isSigned === null ? "signature.unknown" : isSigned ? "signature.good" : "signature.bad",
    state: isSigned === null ? "unknown" : stateOf(isSigned),
    values: [
      { label: "publicKey", value: key, isHash: true },
      { label: "signature", value: signature, isHash: true },
    ],
  };
}

/** No browser can read the chain, so the player looks there. @param {Proof} proof @returns {Step} */
const chainStep = ({ source, link }) =>
  source === "local"
    ? { id: "chain.local", state: "unknown", values: [] }
    : { id: "chain.look", state: "unknown", values: link === null ? [] : [{ label: "explorer", value: link }] };

/**
 * @param {string} id @param {Proof} proof @param {import("./draw_symbols.js").Symbols} symbols @param {string[]} told
 * @returns {Promise<Step>}
 */
async function symbolsStep(id, { seed, message, blockId }, symbols, told) {
  const isByBlock = message === null && blockId !== null;
  const expected = periodMessage(id, blockId);
  const draw = isByBlock
    ? { drawn: [lastDigit(blockId)], bytes: null }
    : await drawSymbols(seed ?? "", expected, symbols);
  const isGood =
    String(draw.drawn) === String(told) && (isByBlock ? Number(symbols.count) === 1 : message === expected);
  const words = { symbols: draw.drawn.join(" "), told: told.join(" ") };
  const { bytes } = draw;
  const values =
    bytes === null
      ? []
      : [
          { label: "message", value: expected.replaceAll("\n", "\\n") },
          { label: "bytes", value: bytes, isHash: true },
        ];
  return {
    id: !isGood ? "symbols.bad" : isByBlock ? "symbols.block" : "symbols.good",
    state: stateOf(isGood),
    words,
    values,
  };
}

/**
 * The commands of docs/games.md for this period; none where a value is no value of a period.
 * @param {string} id @param {Proof} proof
 */
function byHand(id, { seed, blockId, message }) {
  if (!/^[\w-]+$/.test(id) || !/^[0-9a-f]{64}$/.test(seed ?? "") || !/^(?:[0-9a-f]{64})?$/.test(blockId ?? ""))
    return "";
  const lines = [`SEED=${seed}`, `printf "$(printf %s $SEED | sed 's/../\\\\x&/g')" | openssl dgst -sha256`];
  if (message === null && blockId !== null)
    return [...lines, `printf %s ${blockId} | tr -dc 0-9 | tail -c 1; echo`].join("\n");
  lines.push(
    `printf '${periodMessage(id, blockId).replaceAll("\n", "\\n")}\\n0' | openssl dgst -sha256 -mac HMAC -macopt hexkey:$SEED |`,
  );
  lines.push("  sed 's/.*= //; s/../0x& /g' | xargs printf '%d '; echo");
  return lines.join("\n");
}
