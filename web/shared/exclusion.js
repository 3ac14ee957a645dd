// The earliest end of an exclusion, for its dialog. The server has the last word.

/** Half a year, even if six months are shorter. */
const SHORTEST_DAYS = 184;

/** The day on which it can end, in ISO 8601. @param {number} now Milliseconds @param {number} months */
export function endOfExclusion(now, months) {
  const [end, shortest] = [new Date(now), new Date(now)];
  const day = end.getUTCDate();
  end.setUTCDate(1);
  end.setUTCMonth(end.getUTCMonth() + months);
  // The last day of a month that is shorter.
  end.setUTCDate(Math.min(day, new Date(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 0)).getUTCDate()));
  shortest.setUTCDate(shortest.getUTCDate() + SHORTEST_DAYS);
  return new Date(Math.max(Number(end), Number(shortest))).toISOString();
}
