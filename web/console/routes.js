// Moves between views: reads the address, starts the loads of the view, and moves the focus.

import { createPlaces, focusView, isBeside } from "../shared/places.js";
import { hashOf, parseHash } from "../shared/router.js";
import { FIRST, roleOf, userParts, viewName } from "./roles.js";
import { spanKey } from "./span.js";
import { said, t } from "./texts.js";

/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Event} Event */
/** @typedef {import("../shared/types.d.ts").Route} Route */
/** @typedef {import("./roles.js").Role} Role */

/** Lists that a view shows without a state in its address. */
const STATES = { rounds: "open", withdrawals: "held", deposits: "unclaimed" };

/** The state that a list shows. @param {Route} route @param {keyof typeof STATES} name */
export const listState = (route, name) => route.query.state ?? STATES[name];

/** States of rounds and of withdrawals whose lists are sorted by time. */
const BY_TIME = {
  rounds: ["closed", "cancelled"],
  withdrawals: ["completed", "failed", "rejected", "cancelled", "returned"],
};

/** Whether the list that is shown is sorted by time. @param {Route} route @param {keyof typeof BY_TIME} name */
export const isByTime = (route, name) => BY_TIME[name].includes(listState(route, name));

/** The load of the list that is shown. @param {Route} route @param {keyof typeof BY_TIME} name */
export const listKey = (route, name) =>
  isByTime(route, name) ? spanKey(name, listState(route, name), route) : `${name}:${listState(route, name)}`;

/** The load of the newest players. @param {Route} route */
export const playersKey = (route) => spanKey("players", "newest", route);

/** The filter of dead letters in the address. @param {Route} route */
export const letterQuery = ({ query }) =>
  new URLSearchParams(Object.entries(query).filter(([, value]) => value !== "")).toString();

/**
 * The loads of a view: those that are read again each few seconds, those that are read again each minute, and those
 * that are read once. No key has a time in it: the view that shows an answer would look for another one a moment later.
 * @param {Route} route @param {Role | null} role
 * @returns {{ polled: string[], slow?: string[], once: string[] }}
 */
export function keysOf(route, role) {
  const { id } = route;
  const one = (/** @type {string} */ name) => (id ? [`${name}:${id}`] : []);
  switch (viewName(route.name, role)) {
    case "overview":
      return {
        polled: overviewKeys(role),
        slow: role === "operator" ? ["minutes", "queueMinutes", "books"] : ["books"],
        once: [],
      };
    case "queues":
      return { polled: ["queues"], slow: ["queueMinutes"], once: [] };
    case "sockets":
      return { polled: ["sockets"], once: [] };
    case "dead-letters":
      // Reading dead letters hides them from others for a while, so they are read on demand alone.
      return { polled: [], once: id ? [`letter:${id}`] : [`letters:${letterQuery(route)}`] };
    case "rounds":
      return {
        polled: [listKey(route, "rounds"), ...one("round"), ...one("waiting"), ...one("verification")],
        once: [],
      };
    case "periods":
      return { polled: ["periods", ...one("distribution")], once: [] };
    case "jackpots":
      return { polled: ["jackpots", "proposals"], once: [] };
    case "withdrawals":
      return { polled: [listKey(route, "withdrawals"), ...one("withdrawal")], once: one("facts") };
    case "deposits":
      return { polled: [`deposits:${listState(route, "deposits")}`, ...one("deposit")], once: [] };
    case "users":
      return id
        ? {
            polled: [`user:${id}`, ...(role === "operator" ? [] : [`identity:${id}`])],
            once: [`opponents:${id}`, ...userKeys(route, id, role)],
          }
        : { polled: [playersKey(route)], once: [] };
    case "search": {
      const text = (route.query.text ?? "").trim();
      return { polled: [], once: text ? [`search:${text}`] : [] };
    }
    case "accounts":
      return { polled: one("account"), once: [] };
    case "reconciliation":
      return { polled: ["reconciliations"], once: one("reconciliation") };
    case "audit":
      return { polled: [], once: [`audit:${id ?? ""}`] };
    default:
      return { polled: [], once: [] };
  }
}

/**
 * The loads of the part of a player that is shown.
 * @param {Route} route @param {string} id @param {Role | null} role
 */
function userKeys({ query }, id, role) {
  const shown = userParts(role ?? undefined);
  /** @type {Record<import("./roles.js").UserPart, string[]>} */
  const keys = {
    ledger: [`entries:${id}`],
    bets: [`bets:${id}`, ...(query.bet ? [`proof:${id}/${query.bet}`] : [])],
    gameBets: [`gameBets:${id}`],
    deposits: [`userDeposits:${id}`],
    withdrawals: [`userWithdrawals:${id}`],
    limits: [`limits:${id}`],
  };
  return keys[shown.find((name) => name === query.part) ?? shown[0]];
}

/** @param {Role | null} role */
function overviewKeys(role) {
  /** @type {Record<Role, string[]>} */
  const keys = {
    operator: ["health", "traffic", "queues", "sockets", "rounds:open", "rounds:unfinished", "proposals", "switches"],
    cashier: ["health", "withdrawals:held", "deposits:unclaimed", "withdrawals:unfinished"],
    auditor: ["health", "reconciliations", "withdrawals:held", "deposits:unclaimed", "audit:", "switches"],
  };
  return role ? keys[role] : [];
}

/**
 * @param {{ get: () => State, dispatch: (event: Event) => void, load: (key: string) => unknown,
 *   draw: () => void }} parts `draw`: shows the state at once, so that the new view can take the focus.
 */
export function createRoutes({ get, dispatch, load, draw }) {
  /** The first view leaves the focus where the browser has it. */
  let hasMoved = false;
  const places = createPlaces();

  /** Shows the view of the address; without a session, Enter. */
  function show() {
    const next = parseHash(location.hash, FIRST);
    const { session, route } = get();
    const isIn = session.status === "open";
    if (!isIn && next.name !== "enter") {
      dispatch({ type: "wanted", hash: location.hash || null });
      return go(hashOf("enter"));
    }
    if (isIn && next.name === "enter") return go(hashOf(FIRST));
    const isMoved = next.name !== route.name || next.id !== route.id;
    const place = places.move();
    const wasBeside = isBeside();
    dispatch({ type: "routed", route: next });
    const role = roleOf(session.user?.role ?? "");
    document.title = `${isIn ? said(`nav.${viewName(next.name, role)}`) : t("console.enter")} – ${t("console.title")}`;
    const { polled, slow = [], once } = keysOf(next, role);
    for (const key of [...polled, ...slow, ...once]) void load(key);
    draw();
    if (isMoved && hasMoved && !isSearching(next))
      focusView(place, next.name === route.name && (wasBeside || isBeside()));
    hasMoved = true;
  }

  /** @param {string} hash */
  function go(hash) {
    if (location.hash === hash) show();
    else location.replace(hash);
  }

  /** After a login, goes on to the wanted view. */
  function enter() {
    if (get().route.name !== "enter") return show();
    const { wanted } = get();
    dispatch({ type: "wanted", hash: null });
    go(wanted ?? hashOf(FIRST));
  }

  return { show, go, enter };
}

/**
 * Whether the first letters of a search led to its view: typing goes on in the field.
 * @param {{ name: string }} next
 */
const isSearching = ({ name }) =>
  name === "search" && document.activeElement?.matches("[role=search] input[type=search]") === true;
