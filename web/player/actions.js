// The actions behind the buttons of the page.

import { Refused, problemOf } from "../shared/api.js";
import { compare } from "../shared/money.js";
import { keepLanguage, keepTheme } from "../shared/settings.js";
import { ofTab } from "../shared/storage.js";
import { plain } from "../shared/typed.js";
import { accountActions } from "./act_account.js";
import { gameActions } from "./act_games.js";
import { lead } from "./checkout.js";
import { betOf } from "./parts/bet_form.js";
import { DEFAULT_DEPOSIT } from "./views/wallet.js";
import { handlersOf } from "./handlers.js";
import { createRequests } from "./requests.js";
import { amountOf, isPayable, t, useLanguage } from "./texts.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Event} Event */
/** @typedef {import("../shared/types.d.ts").Problem} Problem */
/** @typedef {ReturnType<typeof createActions>} Actions */
/**
 * @typedef {object} FormTools
 * @property {<T>(form: string, send: () => Promise<T>) => Promise<T | null>} sendForm
 * @property {(form: string, wanted: import("./requests.js").Wanted) => Promise<any>} sendOnce Sends a request that
 *   moves money; the answer's data, or null.
 * @property {(form: string, code: string) => void} refuse
 * @property {(form: string) => boolean} isDouble
 * @property {() => Promise<void>} askReality
 */

/** The view of deposits. */
const WALLET = { name: "wallet", id: null };
/** The second click of a double click comes within so many milliseconds, often after a quick answer to the first. */
const DOUBLE_CLICK = 600;

/**
 * @param {{ api: ReturnType<typeof import("../shared/api.js").createApi>,
 *   session: ReturnType<typeof import("../shared/session.js").createSession>,
 *   kept: ReturnType<typeof import("../shared/kept.js").createKept>,
 *   loads: ReturnType<typeof import("./loads.js").createLoads>, get: () => State, dispatch: (event: Event) => void,
 *   onProblem: (problem: Problem) => void, onOpen: (user: import("../shared/types.d.ts").User, isNew: boolean) => void,
 *   draw: () => void }} parts `draw`: shows settings that are no part of the state.
 */
export function createActions({ api, session, kept, loads, get, dispatch, onProblem, onOpen, draw }) {
  /** When each form was last sent. What the player types makes it another wish. @type {Map<string, number>} */
  const sentAt = new Map();

  /** Whether this click is the second of a double click, or comes while the form is being sent. @param {string} form */
  const isDouble = (form) =>
    (get().forms[form]?.busy ?? false) || performance.now() - (sentAt.get(form) ?? -Infinity) < DOUBLE_CLICK;

  /** Shows the reminder that the player has set, which is due. */
  async function askReality() {
    await loads.load("limits");
    dispatch({
      type: "dialog",
      dialog: { name: "reality", since: get().limits?.realityCheck.playingSince ?? undefined },
    });
  }

  const requests = createRequests({
    api,
    session,
    storage: ofTab,
    handlers: handlersOf({ kept, loads, get, dispatch, askReality }),
    get,
    dispatch,
    onProblem,
  });

  /**
   * Sends a form. A second click while it is under way does nothing.
   * @template T
   * @param {string} form @param {() => Promise<T>} send
   * @returns {Promise<T | null>} Null where it was refused.
   */
  async function sendForm(form, send) {
    if (isDouble(form)) return null;
    sentAt.set(form, performance.now());
    const user = session.user();
    dispatch({ type: "sending", form });
    try {
      const answer = await send();
      dispatch({ type: "answered", form });
      return answer;
    } catch (error) {
      const problem = error instanceof Refused ? error.problem : problemOf("unreadable", 0);
      // The form of another player is none of this one's.
      if (session.user() !== user) return null;
      dispatch({ type: "answered", form, problem });
      onProblem(problem);
      return null;
    }
  }

  /** @param {string} form @param {import("./requests.js").Wanted} wanted */
  async function sendOnce(form, wanted) {
    if (isDouble(form) || get().forms[form]?.isUnknown) return null;
    sentAt.set(form, performance.now());
    return requests.send(form, wanted);
  }

  /** @param {string} form @param {string} code */
  const refuse = (form, code) => dispatch({ type: "answered", form, problem: problemOf(code, 422) });

  /** @param {string} form @param {string} path @param {object} body */
  async function enterBy(form, path, body) {
    const answer = await sendForm(form, () =>
      session.logIn(() => api.post(path, { ...body, ...session.wanted() }, { isPublic: true })),
    );
    if (!answer) return;
    // A password is not kept in the state for longer than it is needed.
    dispatch({ type: "answered", form, values: {} });
    onOpen(answer.data.user, form !== "login");
  }

  /** @type {FormTools} */
  const forms = { sendForm, sendOnce, refuse, isDouble, askReality };

  return {
    /** @param {string} form @param {Record<string, string>} values */
    type(form, values) {
      sentAt.delete(form);
      dispatch({ type: "typed", form, values });
    },
    /** @param {State["dialog"]} dialog */
    ask: (dialog) => dispatch({ type: "dialog", dialog }),
    /** @param {string} key */
    load: (key) => loads.load(key),
    readStorage: () => dispatch({ type: "storage", fault: null }),
    /** Goes on as the account that has logged in in this browser meanwhile. Nothing of the account before stays. */
    goOn() {
      location.hash = "";
      location.reload();
    },
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
      const values = {
        ...(form === "signup" && route.query.code ? { referredBy: route.query.code } : {}),
        ...known[form]?.values,
      };
      const read = (/** @type {string} */ name, /** @type {string} */ value) =>
        name === "phoneNo" || name === "referredBy" ? plain(value) : value;
      const typed = Object.entries(values).flatMap(([name, value]) =>
        value === "" ? [] : [[name, read(name, value)]],
      );
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
      if (!isPayable(state, stake)) return refuse(form, "not-amount");
      if (compare(stake, round.stakeMin) < 0) return refuse(form, "too-small");
      // The hash that this browser saw is kept before the bet is sent.
      kept.round(round);
      dispatch({ type: "typed", form: "bet", values: { stake } });
      const body = { roundId, amount: stake, side };
      await sendOnce(form, {
        kind: "bet",
        home: { name: "round", id: roundId },
        path: "/api/bets",
        body,
        values: { stake, side },
      });
    },

    /** Asks now what became of a request whose answer was lost. @param {string} form */
    askAgain: (form) => void requests.ask(form),

    /** @param {string} betId */
    async takeBack(betId) {
      const answer = await sendForm(`takeBack:${betId}`, () =>
        api.post(`/api/bets/${encodeURIComponent(betId)}/refund`),
      );
      await Promise.all([loads.load(`bet:${betId}`), loads.load("wallet")]);
      if (answer) dispatch({ type: "dialog", dialog: null });
    },

    async deposit() {
      const state = get();
      const amount = amountOf(state.forms.deposit?.values.amount ?? DEFAULT_DEPOSIT, state);
      if (!isPayable(state, amount)) return refuse("deposit", "not-amount");
      const { platform } = state;
      if (platform && (compare(amount, platform.depositMin) < 0 || compare(amount, platform.depositMax) > 0))
        return refuse("deposit", "out-of-range");
      if (isDouble("deposit") || state.forms.deposit?.isUnknown) return;
      // Opened before the answer arrives: browsers block a window that opens long after the click.
      const page = window.open("", "_blank");
      dispatch({ type: "typed", form: "payPage", values: { blocked: "" } });
      const opened = await sendOnce("deposit", {
        kind: "deposit",
        home: WALLET,
        path: "/api/deposits",
        body: { amount },
        values: { amount },
      });
      if (!page && opened) dispatch({ type: "typed", form: "payPage", values: { blocked: opened.orderId } });
      lead(page, opened?.checkout);
    },

    /** The player has seen how long they have played, and plays on. */
    async playOn() {
      const answer = await sendForm("reality", () => api.post("/api/limits/reality-check/acknowledge"));
      if (!answer) return;
      dispatch({ type: "dialog", dialog: null });
      for (const [form, { problem }] of Object.entries(get().forms)) {
        if (problem?.code === "reality-check-due") dispatch({ type: "answered", form });
      }
      await loads.load("limits");
    },

    askReality,

    takeBreak() {
      dispatch({ type: "dialog", dialog: null });
      location.hash = "#/wallet";
    },

    ...gameActions({ kept, get, forms }),
    ...accountActions({ api, session, loads, get, dispatch, forms }),
    requests,
  };
}
