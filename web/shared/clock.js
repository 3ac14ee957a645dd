// The time of the server, by which rounds close and periods end. The clock of this machine may be wrong.

/**
 * @param {() => number} [local] The clock of this machine, in milliseconds.
 */
export function createClock(local = Date.now) {
  /** The server's clock less the one of this machine is between these, in milliseconds. */
  let [least, most] = [0, 0];
  let isKnown = false;
  return {
    /** The time of the server, in milliseconds; the one of this machine until the server has said its own. */
    now: () => local() + Math.round((least + most) / 2),
    /**
     * Takes a time that the server has given. Each one makes the two bounds closer; one that does not fit them begins
     * anew, as this machine's clock may have been set.
     * @param {string} text RFC 3339, or the header `Date`, which leaves out parts of a second.
     * @param {number} sentAt When the request was sent, by the clock of this machine.
     */
    hear(text, sentAt) {
      const time = Date.parse(text);
      const [low, high] = [time - local(), time + (text.includes(".") ? 1 : 1_000) - sentAt];
      if (!(low <= high)) return;
      const isFitting = isKnown && low <= most && high >= least;
      [least, most] = isFitting ? [Math.max(low, least), Math.min(high, most)] : [low, high];
      isKnown = true;
    },
  };
}

/** The clock of the page. */
export const clock = createClock();
