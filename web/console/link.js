// The console's link to the server: the rooms of what is shown, and the answers that their events replace. Without a
// socket, as on Lambda, the views are read again every few seconds.

import { call } from "../shared/api.js";
import { clock } from "../shared/clock.js";
import { parseJson } from "../shared/json.js";
import { createLive, ignoreUnknown } from "../shared/live.js";
import { viewName } from "./roles.js";
import { listState } from "./routes.js";

/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Event} Event */
/** @typedef {import("../shared/types.d.ts").LiveEvent} LiveEvent */
/** @typedef {import("../shared/types.d.ts").Route} Route */
/** @typedef {import("./roles.js").Role} Role */

/** Lists of orders that wait for a cashier. An event says that they changed, and they are read again. */
const REVIEWED = ["withdrawals:held", "deposits:unclaimed"];

/** The numbers of the room `admin`. */
const NUMBERS = ["health", "traffic", "queues", "sockets"];

/** @type {{ rooms: string[], keys: string[] }} */
const NOTHING = { rooms: [], keys: [] };

/**
 * The key of `loads.js` that an event replaces; null if it replaces none.
 * @param {LiveEvent} event
 */
function keyOf({ type, data }) {
  switch (type) {
    case "health":
    case "queues":
    case "sockets":
      return type;
    case "metrics":
      return "traffic";
    case "distribution":
      return `distribution:${data.gameType}/${data.duration}/period/${data.periodId}`;
    case "round":
      return `round:${data.roundId}`;
    // Lists of orders are read again. The rest belongs to rooms of players, and to the wallet of the person.
    case "review":
    case "wallet":
    case "bet":
    case "gameBet":
    case "deposit":
    case "withdrawal":
    case "gameResult":
    case "period":
    case "jackpots":
      return null;
    default:
      ignoreUnknown(type);
      return null;
  }
}

/**
 * The rooms of a view, and the keys that need no polling while its events come.
 * @param {Route} route @param {Role | null} role
 */
export function heard(route, role) {
  const { id } = route;
  const review = role === "cashier" || role === "auditor" ? { rooms: ["cashier"], keys: REVIEWED } : NOTHING;
  const admin = role === "operator" || role === "auditor" ? { rooms: ["admin"], keys: NUMBERS } : NOTHING;
  switch (viewName(route.name, role)) {
    case "overview":
      return { rooms: [...admin.rooms, ...review.rooms], keys: [...admin.keys, ...review.keys] };
    case "queues":
    case "sockets":
      return admin;
    case "withdrawals":
      return listState(route, "withdrawals") === "held" ? review : NOTHING;
    case "deposits":
      return listState(route, "deposits") === "unclaimed" ? review : NOTHING;
    case "rounds":
      return id ? { rooms: [`round:${id}`], keys: [`round:${id}`] } : NOTHING;
    case "periods": {
      const [gameType, duration] = id?.split("/") ?? [];
      return gameType && duration ? { rooms: [`admin:${gameType}-${duration}`], keys: [] } : NOTHING;
    }
    default:
      return NOTHING;
  }
}

/**
 * @param {{ session: ReturnType<typeof import("../shared/session.js").createSession>, get: () => State,
 *   dispatch: (event: Event) => void, load: (key: string) => unknown, role: () => Role | null,
 *   onRoleLost: () => void }} parts `onRoleLost`: the account has another role.
 */
export function createLink({ session, get, dispatch, load, role, onRoleLost }) {
  /** @param {LiveEvent} event */
  function hear(event) {
    if (event.type === "review") {
      for (const key of heard(get().route, role()).keys) if (REVIEWED.includes(key)) void load(key);
      return;
    }
    const key = keyOf(event);
    if (!key) return;
    dispatch({ type: "data", key, data: event.data });
    dispatch({ type: "load", key, status: "ready" });
  }

  /**
   * The link needs no answer of its own while it polls, since the views are polled. It asks whether the server is
   * there.
   */
  async function poll() {
    await call(fetch, "/health/live", {});
    return { events: [] };
  }

  const live = createLive({
    token: session.token,
    poll,
    known: () => ({}),
    isOpen: () => false,
    onEvent: hear,
    onTime: clock.hear,
    onLink: (kind) => dispatch({ type: "link", kind, at: new Date(clock.now()).toISOString() }),
    onBye: (reason) => {
      if (reason === "blocked") dispatch({ type: "blocked" });
      if (reason === "role-lost") onRoleLost();
    },
    parse: parseJson,
  });

  return {
    start: live.start,
    stop: live.stop,
    wake: live.wake,
    lost: live.lost,
    /** Joins the rooms of what is shown. */
    listen: () => live.watch(heard(get().route, role()).rooms),
    /** The keys that events bring now. @returns {string[]} */
    heard: () => (get().link.kind === "live" ? heard(get().route, role()).keys : []),
  };
}
