// The actions behind the buttons of the page.

import { Refused, problemOf } from "../shared/api.js";
import { EMPTY_FORM } from "../shared/reduce.js";
import { compare, parseTyped } from "../shared/money.js";
import { isWebAddress } from "../shared/router.js";
import { keepLanguage, keepTheme } from "../shared/settings.js";
import { accountActions } from "./act_account.js";
import { gameActions } from "./act_games.js";
import { betOf } from "./parts/bet_form.js";
import { DEFAULT_DEPOSIT } from "./views/wallet.js";
import { asPlaced, newsEvent, newsOfBet } from "./news.js";
import { t, useLanguage } from "./texts.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Event} Event */
/** @typedef {import("../shared/types.d.ts").Problem} Problem */
/** @typedef {ReturnType<typeof createActions>} Actions */
/**
 * @typedef {object} FormTools
 * @property {<T>(form: string, send: (idempotencyKey: string) => Promise<T>) => Promise<T | null>} sendForm
 * @property {(form: string, code: string) => void} refuse
 * @property {(form: string) => boolean} isDouble
 * @property {() => Promise<void>} askReality
 */

/** The second click of a double click comes within so many milliseconds, often after a quick answer to the first. */
const DOUBLE_CLICK = 600;

/**
 * @param {{ api: ReturnType<typeof import("../shared/api.js").createApi>, session: ReturnType<typeof import("../shared/session.js").createSession>,
 *   kept: ReturnType<typeof import("../shared/kept.js").createKept>, loads: ReturnType<typeof import("./loads.js").createLoads>,
 *   get: () => State, dispatch: (event: Event) => void, onProblem: (problem: Problem) => void,
 *   onOpen: (user: import("../shared/types.d.ts").User, isNew: boolean) => void, draw: () => void }} parts `draw`: shows settings that
 *   are no part of the state.
 */
export function createActions({ api, session, kept, loads, get, dispatch, onProblem, onOpen, draw }) {
  /** When each form was last sent. @type {Map<string, number>} */
  const sentAt = new Map();

  /** Whether this click is the second of a double click, or comes while the form is being sent. @param {string} form */
  const isDouble = (form) => (get().forms[form]?.busy ?? false) || performance.now() - (sentAt.get(form) ?? -Infinity) < DOUBLE_CLICK;

  /**
   * Sends a form. A second click while it is under way does nothing, and a repeat after no answer is the same request.
   * @template T
   * @param {string} form @param {(idempotencyKey: string) => Promise<T>} send
   * @returns {Promise<T | null>} Null where it was refused.
   */
  async function sendForm(form, send) {
    if (isDouble(form)) return null;
    sentAt.set(form, performance.now());
    const known = get().forms[form] ?? EMPTY_FORM;
    const idempotencyKey = known.idempotencyKey ?? crypto.randomUUID();
    dispatch({ type: "sending", form, idempotencyKey });
    try {
      const answer = await send(idempotencyKey);
      dispatch({ type: "answered", form });
      return answer;
    } catch (error) {
      const problem = error instanceof Refused ? error.problem : problemOf("unreadable", 0);
      dispatch({ type: "answered", form, problem });
      onProblem(problem);
      return null;
    }
  }

  /** @param {string} form @param {string} code */
  const refuse = (form, code) => dispatch({ type: "answered", form, problem: problemOf(code, 422) });

  /** @param {string} form @param {string} path @param {object} body */
  async function enterBy(form, path, body) {
    const answer = await sendForm(form, () => api.post(path, { ...body, session: "cookie" }, { isPublic: true }));
    if (!answer) return false;
    // A password is not kept in the state for longer than it is needed.
    dispatch({ type: "answered", form, values: {} });
    session.open(answer.data.tokens);
    onOpen(answer.data.user, form !== "login");
    return true;
  }

  /** Shows the reminder that the player has set, which is due. */
  async function askReality() {
    await loads.load("limits");
    dispatch({ type: "dialog", dialog: { name: "reality", since: get().limits?.realityCheck.playingSince ?? undefined } });
  }

  /** @type {FormTools} */
  const forms = { sendForm, refuse, isDouble, askReality };

  return {
    /** @param {string} form @param {Record<string, string>} values */
    type: (form, values) => dispatch({ type: "typed", form, values }),
    /** @param {State["dialog"]} dialog */
    ask: (dialog) => dispatch({ type: "dialog", dialog }),
    /** @param {string} key */
    load: (key) => loads.load(key),
    /** @param {number} id */
    readNews: (id) => dispatch({ type: "newsRead", id }),

    /** @param {string} text */
    async copy(text) {
      await navigator.clipboard.writeText(text).catch(() => null);
      dispatch({ type: "news", text: t("copied") });
    },

    /** @param {string} name */
    async speak(name) {
      await useLanguage(name);
      keepLanguage(name);
      draw();
    },
    /** @param {string} theme */
    paint(theme) {
      keepTheme(theme);
      draw();
    },

    /** @param {"login" | "signup"} form */
    enter(form) {
      const { forms: known, route } = get();
      const values = { ...(form === "signup" && route.query.code ? { referredBy: route.query.code } : {}), ...known[form]?.values };
      const typed = Object.entries(values).filter(([, value]) => value !== "");
      return enterBy(form, `/api/users/${form}`, { phoneNo: "", password: "", ...Object.fromEntries(typed) });
    },

    /** A player for this machine: a number that may exist, and a password that nobody needs. */
    async madeUp() {
      const [digits, number] = crypto.getRandomValues(new Uint32Array(2));
      const phoneNo = `+9198${String(digits % 100_000_000).padStart(8, "0")}`;
      const userName = t("enter.madeUp.name", { number: String(1000 + (number % 9000)) });
      await enterBy("madeUp", "/api/users/signup", { phoneNo, password: crypto.randomUUID(), userName });
    },

    /** @param {string} roundId */
    async placeBet(roundId) {
      const state = get();
      const round = state.rounds[roundId];
      const form = `bet:${roundId}`;
      const { side, stake } = betOf(state, roundId);
      if (!round || state.link.kind === "off" || isDouble(form)) return;
      if (stake === null || compare(stake, "0") === 0) return refuse(form, "not-amount");
      if (compare(stake, round.stakeMin) < 0) return refuse(form, "too-small");
      // The hash that this browser saw is kept before the bet is sent.
      kept.round(round);
      dispatch({ type: "typed", form: "bet", values: { stake } });
      const answer = await sendForm(form, (idempotencyKey) => api.post("/api/bets", { roundId, amount: stake, side }, { idempotencyKey }));
      if (!answer) return placeFailed(roundId, form);
      kept.bet(answer.data.betId, answer.data.nonceHash);
      await Promise.all([loads.load(`bet:${answer.data.betId}`), loads.load("wallet"), loads.load(`round:${roundId}`)]);
      tellPlaced(answer.data.betId, stake, side);
    },

    /** @param {string} betId */
    async takeBack(betId) {
      const answer = await sendForm(`takeBack:${betId}`, () => api.post(`/api/bets/${betId}/refund`));
      await Promise.all([loads.load(`bet:${betId}`), loads.load("wallet")]);
      if (answer) dispatch({ type: "dialog", dialog: null });
    },

    async deposit() {
      const state = get();
      const amount = parseTyped(state.forms.deposit?.values.amount ?? DEFAULT_DEPOSIT);
      if (amount === null || compare(amount, "0") === 0) return refuse("deposit", "not-amount");
      if (isDouble("deposit")) return;
      // Opened before the answer arrives: browsers block a window that opens long after the click.
      const page = window.open("", "_blank");
      const answer = await sendForm("deposit", (idempotencyKey) => api.post("/api/deposits", { amount }, { idempotencyKey }));
      const checkout = answer?.data.checkout;
      if (answer) dispatch({ type: "deposit", data: answer.data });
      const isPlain = checkout && Object.keys(checkout.parameters).length === 0 && isWebAddress(checkout.url);
      if (page && isPlain) {
        page.opener = null;
        page.location.replace(checkout.url);
      } else {
        page?.close();
      }
    },

    /** The player has seen how long they have played, and plays on. */
    async playOn() {
      const answer = await sendForm("reality", () => api.post("/api/limits/reality-check/acknowledge"));
      if (answer) dispatch({ type: "dialog", dialog: null });
    },

    takeBreak() {
      dispatch({ type: "dialog", dialog: null });
      location.hash = "#/wallet";
    },

    ...gameActions({ api, kept, loads, get, dispatch, forms }),
    ...accountActions({ api, session, loads, get, dispatch, forms }),
  };

  /**
   * A bet that meets its opponents at once may be settled before the answer to it arrives.
   * @param {string} betId @param {string} stake @param {string} side
   */
  function tellPlaced(betId, stake, side) {
    const bet = get().bets[betId];
    const news = (bet && newsOfBet(asPlaced(bet), bet)) ?? { key: "news.placed", amounts: { amount: stake }, words: { side }, isGood: true };
    const event = newsEvent(news);
    if (get().news.at(-1)?.text !== event.text) dispatch(event);
  }

  /** Reads again the states that a refused bet shows to be old. @param {string} roundId @param {string} form */
  async function placeFailed(roundId, form) {
    const code = get().forms[form]?.problem?.code;
    if (code === "round-state") await loads.load(`round:${roundId}`);
    if (code === "insufficient-balance") await loads.load("wallet");
    if (code === "excluded") await loads.load("exclusion");
    if (code === "reality-check-due") await askReality();
  }
}
