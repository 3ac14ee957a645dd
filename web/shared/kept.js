// Hashes that this browser saw before a bet was drawn: the seed hash of a round while it was open, and the nonce hash in
// the answer to a bet. With them a verification does not have to believe the server's later answers.

const PREFIX = "evens.kept.";
/** More than that many are not kept: the oldest go first. */
const KEPT_MAX = 500;

/**
 * `at`: RFC 3339. `entropy` and `source`: how a period is drawn, as it was said while bets were taken.
 * @typedef {{ hash: string, at: string, entropy?: string | null, source?: string | null }} Kept
 */

/**
 * @param {Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">} storage
 * @param {() => Date} now
 */
export function createKept(storage, now = () => new Date()) {
  /** @param {string} key @returns {Kept | null} */
  function read(key) {
    try {
      return JSON.parse(storage.getItem(PREFIX + key) ?? "null");
    } catch {
      return null;
    }
  }

  /** The first value stays: a later one proves nothing. @param {string} key @param {string} hash */
  function keep(key, hash, more = {}) {
    if (read(key)) return;
    try {
      storage.setItem(PREFIX + key, JSON.stringify({ hash, at: now().toISOString(), ...more }));
      prune();
    } catch {
      // Without storage, a verification uses the hashes that the server gives.
    }
  }

  function prune() {
    const keys = [];
    for (let index = 0; index < storage.length; index += 1) keys.push(storage.key(index) ?? "");
    const ours = keys.filter((key) => key.startsWith(PREFIX));
    if (ours.length <= KEPT_MAX) return;
    const at = (/** @type {string} */ key) => read(key.slice(PREFIX.length))?.at ?? "";
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
    /** What was kept for a period before betting closed. @param {string} id The room and the period @param {string} closesAt */
    ofPeriod(id, closesAt) {
      const period = read(`period.${id}`);
      return period && Date.parse(period.at) <= Date.parse(closesAt) ? period : null;
    },
    /** @param {string} roundId */
    ofRound: (roundId) => ({ roundHash: read(`round.${roundId}`) }),
  };
}
