// Reacts to changes of the state: tells the player, reads lists again, and verifies finished draws.

import { unreached } from "../shared/api.js";
import { clock } from "../shared/clock.js";
import { isOnItsWay, isUnfinished } from "../shared/revision.js";
import { newsEvent, newsOfBet, newsOfDeposits, newsOfGameBet } from "./news.js";
import { secondsLeft } from "./parts/countdown.js";
import { watchPeriods } from "./watch_periods.js";
import { roundName, t } from "./texts.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Event} Event */

/** A toast is shown for so long, in milliseconds. */
const TOAST = 8_000;
/** A screen reader is told once that so many seconds are left. */
const LAST_SECONDS = 10;
/** Orders are read again after so many seconds. */
const ORDERS_EVERY = 5;
/** The settings of the platform are read again after so many seconds, and more often while something is paused. */
const PLATFORM_EVERY = 60;
const PLATFORM_EVERY_PAUSED = 10;

/**
 * @param {{ store: ReturnType<typeof import("../shared/store.js").createStore<State, Event>>,
 *   loads: ReturnType<typeof import("./loads.js").createLoads>,
 *   link: ReturnType<typeof import("./link.js").createLink>,
 *   requests: ReturnType<typeof import("./requests.js").createRequests>, askReality: () => Promise<void> }} parts
 */
export function watchState({ store, loads, link, requests, askReality }) {
  const { get, dispatch } = store;
  /** @type {any} */
  let toast;
  let warned = "";
  let ticks = 0;
  /** The moment of the last reminder that was shown. */
  let reminded = "";
  const periods = watchPeriods({ get, loads });

  store.subscribe((state, before, event) => {
    if (event.type === "bet") betChanged(state, before, event.data);
    if (state.link.kind !== before.link.kind && ["live", "poll"].includes(state.link.kind))
      for (const key of unreached(state.loads)) void loads.load(key);
    if (event.type === "wallet") walletChanged(state, before);
    if (state.gameBets !== before.gameBets) gameBetsChanged(state, before);
    if (state.deposits !== before.deposits)
      for (const one of newsOfDeposits(before.deposits, state.deposits)) dispatch(newsEvent(one));
    if (state.periods !== before.periods) periods.moved(state, before);
    if (event.type === "verified" && event.key.startsWith("bet:")) {
      dispatch({ type: "news", text: t(event.data.isGood ? "news.verified" : "verify.bad"), isQuiet: true });
    }
    if (
      state.openRounds !== before.openRounds ||
      state.bets !== before.bets ||
      state.gameBets !== before.gameBets ||
      state.periods !== before.periods
    )
      link.listen();
    if (state.rounds !== before.rounds || state.bets !== before.bets) verifyShown(state);
    if (event.type === "answered" && event.problem) focusInvalid();
    if (
      state.forms !== before.forms ||
      state.bets !== before.bets ||
      state.gameBets !== before.gameBets ||
      state.withdrawals !== before.withdrawals
    )
      requests.seen(state);
    if (state.news.at(-1)?.id !== before.news.at(-1)?.id) hideLater(state);
  });

  /** @param {State} state @param {State} before @param {import("../shared/types.d.ts").Bet} bet */
  function betChanged(state, before, bet) {
    const { name, id } = state.route;
    if (name === "bets" && id === bet.betId) void loads.load(`matches:${id}`);
    const news = newsOfBet(before.bets[bet.betId], bet);
    if (news) dispatch(newsEvent(id === bet.betId ? { ...news, href: undefined } : news));
  }

  /** The wallet's view shows why its balance is another one. @param {State} state @param {State} before */
  function walletChanged(state, before) {
    if (!before.wallet || state.wallet?.version === before.wallet.version || state.route.name !== "wallet") return;
    for (const key of ["ledger", "deposits", "withdrawals"]) void loads.load(key);
  }

  /** A payout arrives in the wallet, whichever of the two is read first. @param {State} state @param {State} before */
  function gameBetsChanged(state, before) {
    const news = Object.values(state.gameBets).flatMap((bet) => newsOfGameBet(before.gameBets[bet.betId], bet) ?? []);
    for (const one of news) dispatch(newsEvent(one));
    if (news.length) void loads.load("wallet");
  }

  /** Verifies draws that have ended in the current view. @param {State} state */
  function verifyShown(state) {
    const { name, id } = state.route;
    if (name === "round" && id) loads.verifyEnded(id);
    const bet = name === "verify" && id ? state.bets[id] : undefined;
    const isPublic = bet && state.rounds[bet.roundId]?.seed;
    if (bet && isPublic && !isUnfinished(bet) && !state.verifications[`bet:${id}`]) void loads.load(`verify:${id}`);
  }

  /** Orders on their way are read again in the wallet while nothing is pushed. */
  function orders() {
    const {
      route,
      link: { kind },
      deposits,
      withdrawals,
    } = get();
    if (kind === "live" || route.name !== "wallet" || document.hidden || ticks % ORDERS_EVERY !== 0) return;
    if (Object.values(deposits).some(isOnItsWay)) void loads.load("deposits");
    if (Object.values(withdrawals).some(isOnItsWay)) void loads.load("withdrawals");
  }

  /** Operators may pause something, or allow it again. */
  function platform() {
    const every = get().platform?.paused.length ? PLATFORM_EVERY_PAUSED : PLATFORM_EVERY;
    if (!document.hidden && ticks % every === 0) void loads.load("platform");
  }

  /** The reminder that the player has set comes when it is due, and not only at the next bet. */
  async function remind() {
    const {
      limits,
      dialog,
      link: { kind },
    } = get();
    const dueAt = limits?.realityCheck.dueAt ?? "";
    if (dueAt === reminded || !isDue(dueAt) || dialog || document.hidden || kind === "off") return;
    reminded = dueAt;
    // Another tab may have answered it.
    await loads.load("limits");
    if (isDue(get().limits?.realityCheck.dueAt ?? "")) await askReality();
  }

  /** @param {string} at */
  const isDue = (at) => Date.parse(at) <= clock.now();

  function focusInvalid() {
    // After the frame that shows it.
    requestAnimationFrame(() =>
      setTimeout(() => {
        /** @type {HTMLElement | null} */
        const invalid = document.querySelector("main [aria-invalid=true]");
        if (invalid) return invalid.focus();
        // A form that was locked has lost the focus.
        const { activeElement } = document;
        if (activeElement === document.body || activeElement?.matches(":disabled"))
          /** @type {HTMLElement | null} */ (document.querySelector(".unknown button"))?.focus();
      }),
    );
  }

  /** @param {State} state */
  function hideLater(state) {
    const id = state.news.at(-1)?.id;
    clearTimeout(toast);
    if (id !== undefined) toast = setTimeout(() => dispatch({ type: "newsRead", id }), TOAST);
  }

  return {
    /** Each second. */
    tick() {
      ticks += 1;
      periods.tick();
      orders();
      platform();
      void remind();
      const { route, rounds } = get();
      const round = route.name === "round" && route.id ? rounds[route.id] : undefined;
      const seconds = round ? secondsLeft(round, clock.now()) : null;
      if (!round || seconds === null || seconds > LAST_SECONDS || seconds === 0 || warned === round.roundId) return;
      warned = round.roundId;
      dispatch({ type: "news", text: t("round.tenSeconds", { round: roundName(round.roundId) }), isQuiet: true });
    },
  };
}
