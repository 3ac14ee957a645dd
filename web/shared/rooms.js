// Rooms of games. A room's id is its game and the length of its periods in seconds, such as `game-30`.

/** @param {{ gameType: string, duration: string | number }} room */
export const roomOf = ({ gameType, duration }) => `${gameType}-${duration}`;

/** @param {string} room @returns {{ gameType: string, duration: string }} */
export function partsOf(room) {
  const at = room.lastIndexOf("-");
  return { gameType: room.slice(0, at), duration: room.slice(at + 1) };
}

/** The room of a period's id, such as `game-30-20261128000000007`, and the period in it. @param {string} id */
export function periodOf(id) {
  const at = id.lastIndexOf("-");
  return { room: id.slice(0, at), periodId: id.slice(at + 1) };
}

/** The path of a room in the API. @param {string} room */
export function pathOf(room) {
  const { gameType, duration } = partsOf(room);
  return `/api/games/${encodeURIComponent(gameType)}/${encodeURIComponent(duration)}`;
}

/**
 * The phase of a period. One that the platform has not opened takes no bets.
 * @param {import("./types.d.ts").Period} period @param {number} now
 * @returns {"shut" | "open" | "closed" | "ended"}
 */
export function phaseOf({ seedHash, closesAt, endsAt }, now) {
  if (Date.parse(endsAt) <= now) return "ended";
  if (seedHash === null) return "shut";
  return Date.parse(closesAt) <= now ? "closed" : "open";
}
