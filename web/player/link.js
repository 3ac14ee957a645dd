// The page's link to the server: sends known revisions and rooms, and dispatches each event.

import { clock } from "../shared/clock.js";
import { parseJson } from "../shared/json.js";
import { createLive, ignoreUnknown } from "../shared/live.js";
import { betRevision, isOnItsWay, isUnfinished, walletRevision } from "../shared/revision.js";
import { roomOf } from "../shared/rooms.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Event} Event */
/** @typedef {import("../shared/types.d.ts").LiveEvent} LiveEvent */

/** At most so many bets are told in `known`, and as many bets on games and orders. */
const KNOWN_MAX = 50;
/** Ended orders that are told in `known`: money may arrive late or come back. */
const ENDED_ORDERS = 5;
/** Rounds of the list that are heard one by one; a socket has 20 rooms at most. */
const HEARD_ROUNDS = 12;
/** Rooms with pending bets of the player that are heard beside the view's own. */
const HEARD_GAMES = 6;

/**
 * @param {{ api: ReturnType<typeof import("../shared/api.js").createApi>,
 *   session: ReturnType<typeof import("../shared/session.js").createSession>,
 *   kept: ReturnType<typeof import("../shared/kept.js").createKept>, get: () => State,
 *   dispatch: (event: Event) => void, onChange: (kind: State["link"]["kind"]) => void }} parts `onChange`: the link is
 *   of another kind, or has polled.
 */
export function createLink({ api, session, kept, get, dispatch, onChange }) {
  /** When something last came from the server (RFC 3339). */
  let heardAt = timeNow();
  /** The revisions of pushed orders; answers have none. @type {Map<string, string>} */
  const orderRevisions = new Map();

  /**
   * Remembers the revision of an order, and returns whether it is a newer one. An ended order can change again, so its
   * status does not say which state is newer.
   * @param {string} orderId @param {string} revision
   */
  function isNewerOrder(orderId, revision) {
    if (BigInt(revision) <= BigInt(orderRevisions.get(orderId) ?? "0")) return false;
    orderRevisions.set(orderId, revision);
    return true;
  }

  /** @param {LiveEvent} event */
  function hear({ type, revision, data }) {
    heardAt = timeNow();
    const seenAt = clock.now();
    switch (type) {
      case "wallet":
        return dispatch({ type, data });
      case "jackpots":
        return dispatch({ type, data });
      case "deposit":
        if (isNewerOrder(data.orderId, revision)) dispatch({ type, data, isPushed: true });
        return;
      case "withdrawal":
        if (isNewerOrder(data.orderId, revision)) dispatch({ type, data, isPushed: true });
        return;
      case "bet":
        return dispatch({ type, data, seenAt });
      case "gameBet":
        return dispatch({ type, data, seenAt });
      case "gameResult":
        return dispatch({ type, data, seenAt });
      case "period":
        return dispatch({ type: "drawnPeriod", id: `${roomOf(data)}-${data.periodId}`, data });
      case "round":
        kept.round(data);
        return dispatch({ type, data });
      // The rooms of staff, in which no player is.
      case "health":
      case "metrics":
      case "queues":
      case "sockets":
      case "distribution":
      case "review":
        return;
      default:
        ignoreUnknown(type);
    }
  }

  /** @param {State["link"]["kind"]} kind */
  function change(kind) {
    if (kind === "live" || kind === "poll") heardAt = timeNow();
    const isNew = get().link.kind !== kind;
    if (isNew) dispatch({ type: "link", kind, at: heardAt });
    if (isNew || kind === "poll") onChange(kind);
  }

  const live = createLive({
    token: session.token,
    poll: (rooms, known) =>
      api.get(`/api/live?${new URLSearchParams({ rooms: rooms.join(","), known: JSON.stringify(known) })}`),
    known: () => knownOf(get(), orderRevisions),
    isOpen: () =>
      Object.values(get().bets).some(isUnfinished) || ordersOf(get()).some(isOnItsWay) || pendingOf(get()).length > 0,
    onEvent: hear,
    onTime: clock.hear,
    onLink: change,
    onBye: (reason) => reason === "blocked" && dispatch({ type: "blocked" }),
    parse: parseJson,
  });

  return {
    start: live.start,
    stop() {
      live.stop();
      orderRevisions.clear();
    },
    wake: live.wake,
    lost: live.lost,
    /** The server did not answer at all. */
    off: () => change("off"),
    /** Joins the rooms of what is shown. */
    listen: () => live.watch(roomsOf(get())),
  };
}

const timeNow = () => new Date(clock.now()).toISOString();

/** @param {State} state */
const ordersOf = ({ deposits, withdrawals }) => [...Object.values(deposits), ...Object.values(withdrawals)];

/** @param {State} state */
const pendingOf = ({ gameBets }) => Object.values(gameBets).filter((bet) => bet.status === "PENDING");

/**
 * The revisions that the page has, those of unfinished bets first.
 * @param {State} state @param {Map<string, string>} orderRevisions
 */
function knownOf(state, orderRevisions) {
  const { wallet, bets } = state;
  const sorted = Object.values(bets).sort((one, other) => Number(isUnfinished(other)) - Number(isUnfinished(one)));
  const revisions = sorted.slice(0, KNOWN_MAX).map((bet) => [bet.betId, betRevision(bet)]);
  const newest = ordersOf(state).sort((one, other) => Date.parse(other.createdAt) - Date.parse(one.createdAt));
  const ended = newest.filter((order) => !isOnItsWay(order)).slice(0, ENDED_ORDERS);
  const named = [...newest.filter(isOnItsWay), ...ended].slice(0, KNOWN_MAX);
  const orders = named.map(({ orderId }) => [orderId, orderRevisions.get(orderId) ?? "0"]);
  return {
    ...(wallet ? { wallet: walletRevision(wallet) } : {}),
    bets: Object.fromEntries(revisions),
    gameBets: pendingOf(state)
      .slice(0, KNOWN_MAX)
      .map(({ betId }) => betId),
    orders: Object.fromEntries(orders),
  };
}

/** The rooms of the view, and those of games in which the player has pending bets. @param {State} state */
function roomsOf(state) {
  const { name, id } = state.route;
  const games = [...new Set(pendingOf(state).map((bet) => `game:${roomOf(bet)}`))].slice(0, HEARD_GAMES);
  return [...new Set([...viewRooms(state, name, id), ...(name === "play" ? [] : games)])];
}

/** @param {State} state @param {string} name @param {string | null} id */
function viewRooms({ openRounds, bets, periods }, name, id) {
  if (name === "play") {
    return [
      "rounds",
      "games",
      "jackpots",
      ...openRounds.ids.slice(0, HEARD_ROUNDS).map((roundId) => `round:${roundId}`),
    ];
  }
  if (name === "round") return ["rounds", `round:${id}`];
  if (name === "room" && id && periods[id]) return [`game:${id}`];
  const bet = id ? bets[id] : undefined;
  return name === "verify" && bet ? [`round:${bet.roundId}`] : [];
}
