// The player page: puts store, session, link and views together.

import { html, render } from "../vendor/lit-html.js";
import { createApi } from "../shared/api.js";
import { parseJson } from "../shared/json.js";
import { createKept } from "../shared/kept.js";
import { createLive } from "../shared/live.js";
import { betRevision, isUnfinished, walletRevision } from "../shared/revision.js";
import { hashOf, parseHash } from "../shared/router.js";
import { INITIAL, reduce } from "../shared/reduce.js";
import { createSession } from "../shared/session.js";
import { createStore } from "../shared/store.js";
import { createActions } from "./actions.js";
import { countAll } from "./count_to.js";
import { createLoads } from "./loads.js";
import { newsOfBet } from "./news.js";
import { notice } from "./parts/basics.js";
import { secondsLeft } from "./parts/countdown.js";
import { FIRST, shell, viewName } from "./shell.js";
import { money, t } from "./texts.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Event} Event */

/** A toast is shown for so long, in milliseconds. */
const TOAST = 8_000;
/** At most so many bets are told in `known`. */
const KNOWN_MAX = 50;
/** Rounds of the list that are heard one by one; a socket has 20 rooms at most. */
const HEARD_ROUNDS = 12;

const root = /** @type {HTMLElement} */ (document.getElementById("app"));

if (isSecureContext) start();
else render(html`<main class="frame views">${notice({ icon: "lock", title: t("insecure.title"), text: t("insecure.text"), isBad: true })}</main>`, root);

function start() {
  /** @type {ReturnType<typeof createStore<State, Event>>} */
  const store = createStore(reduce, INITIAL);
  const { get, dispatch } = store;
  /** When something last came from the server (RFC 3339). */
  let heardAt = new Date().toISOString();

  const session = createSession({ onEnd: ended });
  const api = createApi({ session });
  const kept = createKept(localStorage);
  const loads = createLoads({ api, kept, get, dispatch, onProblem });
  const act = createActions({ api, session, kept, loads, get, dispatch, onProblem, onOpen: opened });
  const live = createLive({
    connect: () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`),
    token: session.token,
    poll: (rooms, known) => api.get(`/api/live?${new URLSearchParams({ rooms: rooms.join(","), known: JSON.stringify(known) })}`),
    known,
    isOpen: () => Object.values(get().bets).some(isUnfinished) || Object.values(get().deposits).some(({ status }) => status === "pending"),
    onEvent: heard,
    onLink: (kind) => {
      if (kind === "live" || kind === "poll") heardAt = new Date().toISOString();
      // The room `rounds` tells what changes, not which rounds there are.
      if ((kind === "poll" || kind !== get().link.kind) && kind !== "off" && get().route.name === "play") void loads.load("rounds");
      if (get().link.kind !== kind) dispatch({ type: "link", kind, at: heardAt });
    },
    onBye: (reason) => reason === "blocked" && dispatch({ type: "blocked" }),
    parse: parseJson,
  });

  function known() {
    const { wallet, bets } = get();
    const open = Object.values(bets).sort((one, other) => Number(isUnfinished(other)) - Number(isUnfinished(one)));
    const revisions = open.slice(0, KNOWN_MAX).map((bet) => [bet.betId, betRevision(bet)]);
    return { ...(wallet ? { wallet: walletRevision(wallet) } : {}), bets: Object.fromEntries(revisions) };
  }

  /** @param {{ type: string, data: any }} event */
  function heard({ type, data }) {
    heardAt = new Date().toISOString();
    if (type === "wallet") dispatch({ type, data });
    if (type === "bet") dispatch({ type, data, seenAt: Date.now() });
    if (type === "round") {
      kept.round(data);
      dispatch({ type, data });
    }
  }

  /** @param {import("../shared/types.d.ts").Problem} problem */
  function onProblem({ code }) {
    if (code === "account-blocked") dispatch({ type: "blocked" });
    if (code === "offline") live.lost();
  }

  /** @param {boolean} isAsked */
  function ended(isAsked) {
    live.stop();
    if (!isAsked && get().route.name !== "enter") dispatch({ type: "wanted", hash: location.hash });
    dispatch({ type: "session", status: "none", hasEnded: !isAsked });
    go(hashOf("enter"));
  }

  /** @param {import("../shared/types.d.ts").User | null} user @param {boolean} isNew */
  function opened(user, isNew) {
    dispatch({ type: "session", status: "open", user });
    for (const key of ["wallet", "bets", "exclusion", ...(user ? [] : ["me"])]) void loads.load(key);
    live.start();
    if (get().route.name !== "enter") return route();
    const { wanted } = get();
    dispatch({ type: "wanted", hash: null });
    go(isNew ? toWallet(wanted) : (wanted ?? hashOf(FIRST)));
  }

  /** A new player needs money first, and comes back to the round that they came for. @param {string | null} wanted */
  function toWallet(wanted) {
    const { name, id, query } = parseHash(wanted ?? "", FIRST);
    return hashOf("wallet", null, name === "round" && id ? { round: id, ...query } : {});
  }

  /** @param {string} hash */
  function go(hash) {
    if (location.hash === hash) route();
    else location.replace(hash);
  }

  function route() {
    const next = parseHash(location.hash, FIRST);
    const isIn = get().session.status === "open";
    if (!isIn && next.name !== "enter") {
      dispatch({ type: "wanted", hash: location.hash || null });
      return go(hashOf("enter"));
    }
    if (isIn && next.name === "enter") return go(hashOf(FIRST));
    const isMoved = next.name !== get().route.name || next.id !== get().route.id;
    dispatch({ type: "routed", route: next });
    document.title = `${t(/** @type {any} */ (next.name === "enter" ? "enter.login" : next.name === "round" ? "round.stakes" : `${viewName(next.name)}.title`))}${next.id && next.name === "round" ? `: ${next.id}` : ""} – ${t("title")}`;
    read(next);
    listen();
    draw();
    if (isMoved && hasMoved) focusView();
    hasMoved = true;
  }

  /** The first view keeps the focus where the browser has it. */
  let hasMoved = false;

  function focusView() {
    scrollTo(0, 0);
    document.getElementById("view-title")?.focus({ preventScroll: true });
  }

  /** What a view shows is read when it is opened. @param {import("../shared/types.d.ts").Route} next */
  function read({ name, id }) {
    /** @type {Record<string, string[]>} */
    const keys = {
      play: ["rounds"],
      round: [`round:${id}`, "rounds"],
      bets: ["bets", ...(id ? [`bet:${id}`, `matches:${id}`] : [])],
      verify: id ? [`verify:${id}`] : ["bets"],
      wallet: ["wallet", "ledger", "deposits"],
      me: ["me"],
    };
    for (const key of keys[viewName(name)] ?? []) void loads.load(key);
  }

  /** Joins the rooms of what is shown. */
  function listen() {
    const { route: shown, openRounds, bets } = get();
    const list = openRounds.ids.slice(0, HEARD_ROUNDS).map((id) => `round:${id}`);
    const verified = shown.id ? bets[shown.id]?.roundId : undefined;
    /** @type {Record<string, string[]>} */
    const rooms = { play: ["rounds", ...list], round: ["rounds", `round:${shown.id}`], verify: verified ? [`round:${verified}`] : [] };
    live.watch(rooms[viewName(shown.name)] ?? []);
  }

  store.subscribe((state, before, event) => {
    if (event.type === "bet") tell(newsOfBet(before.bets[event.data.betId], event.data), event.data.betId);
    if (event.type === "wallet" && before.wallet && state.wallet?.version !== before.wallet.version && state.route.name === "wallet") {
      void loads.load("ledger");
      void loads.load("deposits");
    }
    if (event.type === "bet" && state.route.name === "bets" && state.route.id === event.data.betId) void loads.load(`matches:${state.route.id}`);
    if (state.openRounds !== before.openRounds || state.bets !== before.bets) listen();
    if (state.rounds !== before.rounds || state.bets !== before.bets) verifyShown(state);
    if (event.type === "answered" && event.problem) focusInvalid();
    plan();
  });

  /** @param {ReturnType<typeof newsOfBet>} news @param {string} betId */
  function tell(news, betId) {
    if (!news) return;
    const amounts = Object.entries(news.amounts).map(([name, amount]) => [name, money(amount)]);
    const text = t(/** @type {any} */ (news.key), { ...news.words, ...Object.fromEntries(amounts) });
    const isHere = get().route.id === betId;
    dispatch({ type: "news", text, href: isHere ? undefined : news.href, isGood: news.isGood });
  }

  /** What has ended before the player's eyes is verified by itself. @param {State} state */
  function verifyShown(state) {
    const { name, id } = state.route;
    if (name === "round" && id) loads.verifyEnded(id);
    const bet = name === "verify" && id ? state.bets[id] : undefined;
    const isPublic = bet && state.rounds[bet.roundId]?.seed;
    if (bet && isPublic && !isUnfinished(bet) && !state.verifications[`bet:${id}`]) void loads.load(`verify:${id}`);
  }

  function focusInvalid() {
    requestAnimationFrame(() => /** @type {HTMLElement | null} */ (document.querySelector("main [aria-invalid=true]"))?.focus());
  }

  let isPlanned = false;
  function plan() {
    if (isPlanned) return;
    isPlanned = true;
    // A hidden page gets no frames; what it would show waits for a timer instead.
    if (document.hidden) setTimeout(draw);
    else requestAnimationFrame(draw);
  }

  function draw() {
    isPlanned = false;
    render(shell({ state: get(), act, now: Date.now() }), root);
    countAll();
  }

  /** Each second: countdowns, and the one warning of their end. */
  let warned = "";
  setInterval(() => {
    const { route: shown, rounds } = get();
    const round = shown.name === "round" && shown.id ? rounds[shown.id] : undefined;
    const seconds = round ? secondsLeft(round, Date.now()) : null;
    if (round && seconds !== null && seconds <= 10 && seconds > 5 && warned !== round.roundId) {
      warned = round.roundId;
      dispatch({ type: "news", text: t("round.tenSeconds", { round: round.roundId }), isQuiet: true });
    }
    if (!document.hidden) plan();
  }, 1000);

  /** @type {any} */
  let toastTimer;
  store.subscribe((state, before) => {
    const news = state.news.at(-1);
    if (!news || news.id === before.news.at(-1)?.id) return;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => dispatch({ type: "newsRead", id: news.id }), TOAST);
  });

  addEventListener("hashchange", route);
  addEventListener("online", live.wake);
  addEventListener("offline", live.lost);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    live.wake();
    if (get().route.name === "wallet") void loads.load("deposits");
  });

  void loads.load("platform");
  if (session.isMarked()) {
    session.token().then(
      (token) => token !== null && opened(null, false),
      // The server does not answer: the page says so, and tries again with whatever is asked next.
      () => {
        dispatch({ type: "link", kind: "off", at: heardAt });
        opened(null, false);
      },
    );
  } else {
    dispatch({ type: "session", status: "none" });
    route();
  }
  draw();
}
