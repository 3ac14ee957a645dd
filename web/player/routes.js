// Moves between views: reads the address, starts the loads of the view, and moves the focus.

import { createPlaces, focusView, isBeside } from "../shared/places.js";
import { hashOf, parseHash } from "../shared/router.js";
import { FIRST, isOfVisitors, viewName } from "./shell.js";
import { roomName } from "./game_words.js";
import { roundName, t } from "./texts.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Event} Event */
/** @typedef {import("../shared/types.d.ts").Route} Route */

/**
 * @param {{ get: () => State, dispatch: (event: Event) => void, load: (key: string) => unknown, listen: () => void,
 *   draw: () => void }} parts `draw`: shows the state at once, so that the new view can take the focus.
 */
export function createRoutes({ get, dispatch, load, listen, draw }) {
  /** The first view leaves the focus where the browser has it. */
  let hasMoved = false;
  const places = createPlaces();

  /** Shows the view of the address; without a session, Enter. */
  function show() {
    const next = parseHash(location.hash, FIRST);
    const isIn = get().session.status === "open";
    if (!isIn && !isOfVisitors(next.name)) {
      dispatch({ type: "wanted", hash: location.hash || null });
      return go(hashOf("enter"));
    }
    if (isIn && isOfVisitors(next.name)) return go(hashOf(FIRST));
    const { route } = get();
    const isMoved = next.name !== route.name || next.id !== route.id;
    const place = places.move();
    const wasBeside = isBeside();
    dispatch({ type: "routed", route: next });
    nameTab();
    for (const key of keysOf(next)) void load(key);
    listen();
    draw();
    if (isMoved && hasMoved) focusView(place, next.name === route.name && (wasBeside || isBeside()));
    hasMoved = true;
  }

  /** @param {string} hash */
  function go(hash) {
    if (location.hash === hash) show();
    else location.replace(hash);
  }

  /**
   * After a login, goes on to the wanted view. A new player needs money first, and comes back from there.
   * @param {boolean} isNew
   */
  function enter(isNew) {
    if (get().route.name !== "enter") return show();
    const { wanted } = get();
    dispatch({ type: "wanted", hash: null });
    const { name, id, query } = parseHash(wanted ?? "", FIRST);
    const wallet = hashOf("wallet", null, name === "round" && id ? { round: id, ...query } : {});
    go(isNew ? wallet : (wanted ?? hashOf(FIRST)));
  }

  /** The browser's tab has the name of the view, in the player's language. */
  function nameTab() {
    document.title = titleOf(get().route);
  }

  return { show, go, enter, nameTab };
}

/** The loads of a view when it opens. @param {Route} route */
function keysOf({ name, id, query }) {
  /** @type {Record<string, string[]>} */
  const keys = {
    play: ["rounds", "games", "periods", "strips", "jackpots", "gameBets"],
    room: ["games", "periods", `results:${id}`, `trends:${id}`, "gameBets", "exclusion"],
    round: [`round:${id}`, "rounds"],
    bets: [
      "bets",
      "gameBets",
      ...(id ? (query.of === "game" ? [`gameBet:${id}`] : [`bet:${id}`, `matches:${id}`]) : []),
    ],
    verify: id ? [query.of === "game" ? `verifyPeriod:${id}` : `verify:${id}`] : ["bets", "gameBets"],
    wallet: ["wallet", "ledger", "deposits", "withdrawals", "payees", "exclusion"],
    limits: ["limits", "exclusion"],
    me: ["me", "identity", "referrals", "attendance"],
  };
  return keys[viewName(name)] ?? [];
}

/** @param {Route} route */
function titleOf({ name, id }) {
  const title =
    name === "round" && id
      ? roundName(id)
      : name === "room" && id
        ? roomName(id)
        : t(/** @type {any} */ (`${viewName(name)}.title`));
  return `${title} – ${t("title")}`;
}
