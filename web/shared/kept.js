// Hashes that this browser saw before a bet was drawn: the seed hash of a round while it was open, and the nonce hash
// in the answer to a bet. With them a verification does not have to believe the server's later answers.

import { clock } from "./clock.js";

const PREFIX = "evens.kept.";
/** More than that many of one player are not kept: the oldest go first. */
const KEPT_MAX = 500;

/**
 * `at`: RFC 3339. `entropy` and `source`: how a period is drawn, as it was said while bets were taken.
 * @typedef {{ hash: string, at: string, entropy?: string | null, source?: string | null }} Kept
 */

/**
 * @param {Pick<import("./storage.js").SafeStorage, "getItem" | "setItem" | "removeItem" | "keys">} storage
 * @param {() => string | null} user The player who sees the hashes. Players of one browser prove nothing to each other.
 * @param {() => Date} now
 */
export function createKept(storage, user, now = () => new Date(clock.now())) {
  const prefix = () => `${PREFIX}${user()}/`;

  /** Earlier pages kept hashes without a player. @param {string} key @returns {Kept | null} */
  const read = (key) => parsed(storage.getItem(prefix() + key) ?? storage.getItem(PREFIX + key));

  /** The first value stays: a later one proves nothing. @param {string} key @param {string} hash */
  function keep(key, hash, more = {}) {
    if (user() === null || parsed(storage.getItem(prefix() + key))) return;
    storage.setItem(prefix() + key, JSON.stringify({ hash, at: now().toISOString(), ...more }));
    prune();
  }

  function prune() {
    const ours = storage.keys().filter((key) => key.startsWith(prefix()));
    if (ours.length <= KEPT_MAX) return;
    const at = (/** @type {string} */ key) => parsed(storage.getItem(key))?.at ?? "";
    ours.sort((one, other) => at(one).localeCompare(at(other)));
    for (const key of ours.slice(0, ours.length - KEPT_MAX)) storage.removeItem(key);
  }

  return {
    /** @param {import("./types.d.ts").Round} round */
    round(round) {
      if (round.state === "OPEN") keep(`round.${round.roundId}`, round.seedHash);
    },
    /** @param {string} room @param {import("./types.d.ts").Period} period */
    period(room, { periodId, seedHash, entropy, source }) {
      if (seedHash) keep(`period.${room}-${periodId}`, seedHash, { entropy, source });
    },
    /** @param {string} betId @param {string | null} nonceHash */
    bet(betId, nonceHash) {
      if (nonceHash) keep(`bet.${betId}`, nonceHash);
    },
    /**
     * The hashes kept for a bet. A seed hash that this browser saw only after the bet proves nothing about the bet.
     * @param {import("./types.d.ts").Bet} bet
     */
    of(bet) {
      const [round, nonce] = [read(`round.${bet.roundId}`), read(`bet.${bet.betId}`)];
      return { roundHash: round && nonce && round.at <= nonce.at ? round : null, nonceHash: nonce };
    },
    /**
     * What was kept for a period before betting closed.
     * @param {string} id The room and the period @param {string} closesAt
     */
    ofPeriod(id, closesAt) {
      const period = read(`period.${id}`);
      return period && Date.parse(period.at) <= Date.parse(closesAt) ? period : null;
    },
    /** @param {string} roundId */
    ofRound: (roundId) => ({ roundHash: read(`round.${roundId}`) }),
  };
}

/** @param {string | null} text @returns {Kept | null} */
function parsed(text) {
  try {
    return JSON.parse(text ?? "null");
  } catch {
    return null;
  }
}
