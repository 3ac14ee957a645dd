// Verifies a bet's draws step by step, from public values and from the hashes that this browser kept from before the
// bet.

import { hmac, isSigned, matchId, matchMessage, oracleMessage, roundMessage, sha256, winnerOf } from "./draw.js";
import { add, compare, received, subtract } from "./money.js";

/** @typedef {import("./types.d.ts").Bet} Bet */
/** @typedef {import("./types.d.ts").Round} Round */
/** @typedef {import("./types.d.ts").PublicMatch} PublicMatch */
/** @typedef {import("./types.d.ts").Step} Step */
/** @typedef {import("./types.d.ts").Verification} Verification */
/**
 * @typedef {{ roundHash?: { hash: string, at: string } | null, nonceHash?: { hash: string, at: string } | null }} Kept
 */

/**
 * Whether everything of the bet has ended and the seed is public, so that it can be verified.
 * @param {Bet} bet @param {Round} round
 */
export const isVerifiable = (bet, round) =>
  round.seed !== null && compare(bet.open, "0") === 0 && compare(bet.matched, "0") === 0;

/**
 * @param {{ bet: Bet, round: Round, matches: PublicMatch[], kept: Kept }} facts `matches`: the public
 *   matches of the bet.
 * @returns {Promise<Verification>}
 */
export async function verifyBet({ bet, round, matches, kept }) {
  const steps = [await seedStep(round, kept), await nonceStep(bet, matches, kept)];
  const whole = await wholeRound(round);
  if (whole) steps.push(whole.step);
  let won = "0";
  let drawn = "0";
  for (const match of matches.filter((match) => match.state !== "VOID")) {
    const { step, winner } = await matchStep(bet, round, match, whole?.winner);
    steps.push(step);
    drawn = add(drawn, match.amount);
    if (winner === bet.side) won = add(won, match.amount, match.amount);
  }
  steps.push(paidStep(bet, won, drawn));
  return { steps, isGood: steps.every((step) => step.state !== "bad"), byHand: byHand(round, matches) };
}

/**
 * Whether anything was drawn or reported: a cancelled round, or one without a match, has a seed alone.
 * @param {Verification} verification
 */
export const hasDraw = ({ steps }) => steps.some(({ id }) => /^(match|draw|oracle)\.|^matches\.(good|bad)$/.test(id));

/** @param {Round} round @param {Kept} kept @returns {Promise<Step>} */
async function seedStep(round, kept) {
  const seed = round.seed ?? "";
  const computed = await sha256(seed);
  const before = kept.roundHash;
  const isGood = computed === round.seedHash && (!before || before.hash === computed);
  return {
    id: !isGood ? "seed.bad" : before ? "seed.kept" : "seed.unkept",
    state: isGood ? "ok" : "bad",
    values: [
      { label: "seed", value: seed, isHash: true },
      { label: "computed", value: computed, isHash: true },
      ...(before && before.hash !== computed
        ? [{ label: "kept", value: before.hash, at: before.at, isHash: true }]
        : []),
      ...(computed !== round.seedHash ? [{ label: "told", value: round.seedHash, isHash: true }] : []),
    ],
    at: before?.at,
  };
}

/** @param {Bet} bet @param {PublicMatch[]} matches @param {Kept} kept @returns {Promise<Step>} */
async function nonceStep(bet, matches, kept) {
  const { nonce, nonceHash } = bet;
  if (!nonce) {
    return nonceHash
      ? { id: "nonce.missing", state: "bad", values: [] }
      : { id: "nonce.none", state: "ok", values: [] };
  }
  const computed = await sha256(nonce);
  const before = kept.nonceHash;
  const inMatches = matches.every((match) => (bet.side === "A" ? match.nonceA : match.nonceB) === nonce);
  const isGood = computed === nonceHash && (!before || before.hash === computed) && inMatches;
  return {
    id: isGood ? (before ? "nonce.kept" : "nonce.unkept") : "nonce.bad",
    state: isGood ? "ok" : "bad",
    values: [
      { label: "nonce", value: nonce, isHash: true },
      { label: "computed", value: computed, isHash: true },
      ...(isGood ? [] : [{ label: "kept", value: before?.hash ?? nonceHash ?? "", isHash: true }]),
    ],
    at: before?.at,
  };
}

/**
 * The draw of a round that has a single winner.
 * @param {Round} round
 * @returns {Promise<{ step: Step, winner: "A" | "B" | null } | null>} Null where each match is drawn by itself.
 */
async function wholeRound(round) {
  const told = /** @type {"A" | "B" | null} */ (round.winnerSide);
  if (round.draw === "match") return null;
  if (told === null) {
    return {
      step: { id: "round.none", state: round.state === "CANCELLED" ? "ok" : "unknown", values: [] },
      winner: null,
    };
  }
  if (round.draw === "round") {
    const drawn = await hmac(round.seed ?? "", roundMessage(round.roundId));
    const winner = winnerOf(drawn);
    const isGood = winner === told;
    const words = { digit: drawn[0], side: winner, told };
    return {
      winner,
      step: {
        id: isGood ? "draw.good" : "draw.bad",
        state: isGood ? "ok" : "bad",
        words,
        values: [{ label: "hmac", value: drawn, isHash: true }],
      },
    };
  }
  const { oracle, signature } = round;
  const signed =
    oracle && signature ? await isSigned(oracle.publicKey, signature, oracleMessage(round.roundId, told)) : false;
  return {
    winner: told,
    step: {
      id: signed === null ? "oracle.unknown" : signed ? "oracle.good" : "oracle.bad",
      state: signed === null ? "unknown" : signed ? "ok" : "bad",
      words: { side: told, name: oracle?.name ?? "" },
      values: [
        { label: "publicKey", value: oracle?.publicKey ?? "" },
        { label: "signature", value: signature ?? "" },
      ],
    },
  };
}

/**
 * @param {Bet} bet @param {Round} round @param {PublicMatch} match
 * @param {"A" | "B" | null} [ofRound] The winner of the whole round; undefined where each match is drawn by itself.
 * @returns {Promise<{ step: Step, winner: "A" | "B" | null }>}
 */
async function matchStep(bet, round, match, ofRound) {
  const isMine = (bet.side === "A" ? match.betAId : match.betBId) === bet.betId;
  const id = await matchId(match.betAId, match.betBId);
  const isTold = isMine && id === match.matchId;
  if (ofRound !== undefined) {
    const isGood = isTold && ofRound === match.winnerSide;
    return {
      winner: ofRound,
      step: {
        id: isGood ? "match.round" : "match.bad",
        state: isGood ? "ok" : "bad",
        words: words(match, ofRound),
        values: ids(match, id),
      },
    };
  }
  const drawn = await hmac(round.seed ?? "", matchMessage(match, round.drawRule));
  const winner = winnerOf(drawn);
  const isGood = isTold && winner === match.winnerSide;
  const values = [{ label: "hmac", value: drawn, isHash: true }, ...ids(match, id)];
  return {
    winner,
    step: {
      id: isGood ? "match.good" : "match.bad",
      state: isGood ? "ok" : "bad",
      words: { ...words(match, winner), digit: drawn[0] },
      values,
    },
  };
}

/** @param {PublicMatch} match @param {"A" | "B" | null} winner */
const words = (match, winner) => ({ side: winner ?? "–", told: match.winnerSide ?? "–", amount: match.amount });

/** @param {PublicMatch} match @param {string} computed */
const ids = (match, computed) => [
  { label: "match", value: match.matchId },
  ...(computed === match.matchId ? [] : [{ label: "computed", value: computed }]),
];

/** @param {Bet} bet @param {string} won @param {string} drawn @returns {Step} */
function paidStep(bet, won, drawn) {
  const isGood = compare(won, bet.payout) === 0 && compare(drawn, bet.settled) === 0;
  const id = !isGood
    ? "paid.bad"
    : compare(drawn, "0") === 0
      ? "paid.back"
      : compare(won, "0") === 0
        ? "paid.lost"
        : "paid.won";
  return {
    id,
    state: isGood ? "ok" : "bad",
    words: {
      won,
      paid: bet.payout,
      net: subtract(received(bet), bet.settled),
      drawn,
      settled: bet.settled,
      back: bet.refunded,
    },
    values: [],
  };
}

/**
 * The commands of docs/draws.md for this round and these matches.
 * @param {Round} round @param {PublicMatch[]} matches
 */
export function byHand(round, matches) {
  const quoted = (/** @type {string} */ message) =>
    `'${message
      .split("\n")
      .map(() => "%s")
      .join("\\n")}' ${message
      .split("\n")
      .map((line) => line || "''")
      .join(" ")}`;
  const drawn = (/** @type {string} */ message) =>
    `printf ${quoted(message)} |\n  openssl dgst -sha256 -mac HMAC -macopt hexkey:$SEED`;
  const lines = [`SEED=${round.seed}`, `printf "$(printf %s $SEED | sed 's/../\\\\x&/g')" | openssl dgst -sha256`];
  if (round.draw === "match") lines.push(...matches.map((match) => drawn(matchMessage(match, round.drawRule))));
  if (round.draw === "round") lines.push(drawn(roundMessage(round.roundId)));
  if (round.draw === "oracle") {
    lines.push(
      `KEY=${round.oracle?.publicKey}`,
      "printf -- '-----BEGIN PUBLIC KEY-----\\nMCowBQYDK2VwAyEA%s\\n-----END PUBLIC KEY-----\\n' $KEY > oracle.pem",
    );
    lines.push(
      `echo ${round.signature} | base64 -d > result.sig`,
      `printf '${oracleMessage(round.roundId, /** @type {any} */ (round.winnerSide)).replaceAll("\n", "\\n")}' > result.txt`,
    );
    lines.push("openssl pkeyutl -verify -rawin -pubin -inkey oracle.pem -in result.txt -sigfile result.sig");
  }
  return lines.join("\n");
}

/**
 * Verifies a round without a bet of the player: its seed, and the draws of these matches.
 * @param {{ round: Round, matches: PublicMatch[], kept: Kept }} facts
 * @returns {Promise<Verification>}
 */
export async function verifyRound({ round, matches, kept }) {
  const whole = await wholeRound(round);
  const steps = [await seedStep(round, kept), ...(whole ? [whole.step] : [])];
  const drawn = matches.filter((match) => match.winnerSide !== null);
  const wrong = [];
  for (const match of drawn) {
    const winner = whole ? whole.winner : winnerOf(await hmac(round.seed ?? "", matchMessage(match, round.drawRule)));
    if (winner !== match.winnerSide || (await matchId(match.betAId, match.betBId)) !== match.matchId) wrong.push(match);
  }
  steps.push({
    id: wrong.length ? "matches.bad" : drawn.length ? "matches.good" : "matches.none",
    state: wrong.length ? "bad" : "ok",
    words: { count: String(drawn.length), wrong: String(wrong.length) },
    values: wrong.map((match) => ({ label: "match", value: match.matchId })),
  });
  return { steps, isGood: steps.every((step) => step.state !== "bad"), byHand: byHand(round, matches.slice(0, 3)) };
}
