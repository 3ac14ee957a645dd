// The page's link to the server: sends known revisions and rooms, and dispatches each event.

import { parseJson } from "../shared/json.js";
import { createLive } from "../shared/live.js";
import { betRevision, isUnfinished, walletRevision } from "../shared/revision.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Event} Event */

/** At most so many bets are told in `known`. */
const KNOWN_MAX = 50;
/** Rounds of the list that are heard one by one; a socket has 20 rooms at most. */
const HEARD_ROUNDS = 12;

/**
 * @param {{ api: ReturnType<typeof import("../shared/api.js").createApi>, session: ReturnType<typeof import("../shared/session.js").createSession>,
 *   kept: ReturnType<typeof import("../shared/kept.js").createKept>, get: () => State, dispatch: (event: Event) => void,
 *   onChange: (kind: State["link"]["kind"]) => void }} parts `onChange`: the link is of another kind, or has polled.
 */
export function createLink({ api, session, kept, get, dispatch, onChange }) {
  /** When something last came from the server (RFC 3339). */
  let heardAt = new Date().toISOString();

  /** @param {{ type: string, data: any }} event */
  function hear({ type, data }) {
    heardAt = new Date().toISOString();
    const seenAt = Date.now() + get().clockOffset;
    switch (type) {
      case "wallet":
      case "deposit":
      case "withdrawal":
      case "jackpots":
        return dispatch({ type, data });
      case "bet":
      case "gameBet":
      case "gameResult":
        return dispatch({ type, data, seenAt });
      case "round":
        kept.round(data);
        return dispatch({ type, data });
    }
  }

  /** @param {State["link"]["kind"]} kind */
  function change(kind) {
    if (kind === "live" || kind === "poll") heardAt = new Date().toISOString();
    const isNew = get().link.kind !== kind;
    if (isNew) dispatch({ type: "link", kind, at: heardAt });
    if (isNew || kind === "poll") onChange(kind);
  }

  const live = createLive({
    connect: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`),
    token: session.token,
    poll: (rooms, known) => api.get(`/api/live?${new URLSearchParams({ rooms: rooms.join(","), known: JSON.stringify(known) })}`),
    known: () => knownOf(get()),
    isOpen: () => Object.values(get().bets).some(isUnfinished) || Object.values(get().deposits).some(({ status }) => status === "pending"),
    onEvent: hear,
    onLink: change,
    onBye: (reason) => reason === "blocked" && dispatch({ type: "blocked" }),
    parse: parseJson,
  });

  return {
    start: live.start,
    stop: live.stop,
    wake: live.wake,
    lost: live.lost,
    /** The server did not answer at all. */
    off: () => change("off"),
    /** Joins the rooms of what is shown. */
    listen: () => live.watch(roomsOf(get())),
  };
}

/** The revisions that the page has, those of unfinished bets first. @param {State} state */
function knownOf({ wallet, bets }) {
  const sorted = Object.values(bets).sort((one, other) => Number(isUnfinished(other)) - Number(isUnfinished(one)));
  const revisions = sorted.slice(0, KNOWN_MAX).map((bet) => [bet.betId, betRevision(bet)]);
  return { ...(wallet ? { wallet: walletRevision(wallet) } : {}), bets: Object.fromEntries(revisions) };
}

/** @param {State} state */
function roomsOf({ route, openRounds, bets }) {
  const { name, id } = route;
  if (name === "play") return ["rounds", ...openRounds.ids.slice(0, HEARD_ROUNDS).map((roundId) => `round:${roundId}`)];
  if (name === "round") return ["rounds", `round:${id}`];
  const bet = id ? bets[id] : undefined;
  return name === "verify" && bet ? [`round:${bet.roundId}`] : [];
}
