// The actions behind the buttons of the console.

import { Refused, isReplay, problemOf } from "../shared/api.js";
import { hashOf } from "../shared/router.js";
import { ACTS, wayOutAct } from "./acts/index.js";
import { fieldsOf, faultOf } from "./acts/fields.js";
import { said, t } from "./texts.js";

/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Event} Event */
/** @typedef {import("../shared/types.d.ts").Problem} Problem */
/** @typedef {import("./types.d.ts").Dialog} Dialog */
/** @typedef {import("./acts/fields.js").Act} Act */
/** @typedef {ReturnType<typeof createActions>} Actions */

/**
 * @param {{ api: ReturnType<typeof import("../shared/api.js").createApi>, session: ReturnType<typeof import("../shared/session.js").createSession>,
 *   load: (key: string, isMore?: boolean) => unknown, get: () => State, dispatch: (event: Event) => void,
 *   onProblem: (problem: Problem) => void, onOpen: (user: import("../shared/types.d.ts").User) => void, reload: () => void }} parts
 *   `reload`: reads again what the current view shows.
 */
export function createActions({ api, session, load, get, dispatch, onProblem, onOpen, reload }) {
  /**
   * Sends a form; a second click while it is under way does nothing.
   * @template T
   * @param {string} form @param {() => Promise<T>} send
   * @returns {Promise<{ answer: T } | { problem: Problem } | null>}
   */
  async function sendForm(form, send) {
    if (get().forms[form]?.busy) return null;
    dispatch({ type: "sending", form });
    try {
      const answer = await send();
      dispatch({ type: "answered", form });
      return { answer };
    } catch (error) {
      const problem = error instanceof Refused ? error.problem : problemOf("unreadable", 0);
      dispatch({ type: "answered", form, problem });
      onProblem(problem);
      return { problem };
    }
  }

  /** @param {string} phoneNo @param {string} password */
  async function logIn(phoneNo, password) {
    const { data } = await api.post("/api/users/login", { phoneNo, password, session: "cookie" }, { isPublic: true });
    session.open(data.tokens);
    return data.user;
  }

  /** @param {string} form @param {string} field @param {string} code */
  const refuse = (form, field, code) => dispatch({ type: "answered", form, problem: { ...problemOf(code, 422), field } });

  /** Carries out the act of the dialog, after a new login where the last one is too old. */
  async function confirm() {
    const { dialog, forms, session: open } = get();
    if (!dialog) return;
    const act = ACTS[dialog.act];
    const { values } = forms.act;
    const fault = faultOf(fieldsOf(act, dialog, values), values);
    if (fault) return refuse("act", fault.field, fault.code);
    const done = await sendForm("act", async () => {
      if (dialog.needsPassword) await logIn(open.user?.phoneNo ?? "", values.password ?? "");
      return act.send(api, dialog.subject, values);
    });
    if (!done) return;
    if ("problem" in done) {
      if (done.problem.code !== "login-too-old") return;
      dispatch({ type: "passwordNeeded" });
      return dispatch({ type: "answered", form: "act" });
    }
    const report = act.report?.(done.answer, dialog.subject);
    const isWhole = !report || (report.gone === 0 && report.failed.length === 0);
    dispatch({ type: "dialog", dialog: isWhole ? null : { ...dialog, report } });
    dispatch({ type: "marked", ids: report?.failed.map(({ id }) => id) ?? [] });
    const { route } = get();
    const to = act.goTo?.(done.answer) ?? (act.isEnd && route.id ? hashOf(route.name) : null);
    if (to) await moveTo(to);
    else reload();
    if (isWhole) tell(dialog, act, done.answer);
  }

  /** Moves to another view. Toasts stay in the view where they appear, so a toast about the act comes afterwards. @param {string} hash */
  async function moveTo(hash) {
    if (location.hash === hash) return reload();
    const isThere = new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
    location.hash = hash;
    await isThere;
  }

  /** Says what was done. A repeat changed nothing and has no line of its own. @param {Dialog} dialog @param {Act} act @param {any} answer */
  function tell({ act: name, subject }, act, answer) {
    const { text = name, ...words } = act.result?.(answer, subject) ?? subject;
    const logged = isReplay(answer) ? t("act.replayed") : t("act.logged");
    dispatch({ type: "news", text: `${said(`act.${text}.done`, words)} ${logged}`, isGood: true });
  }

  return {
    /** @param {string} form @param {Record<string, string>} values */
    type: (form, values) => dispatch({ type: "typed", form, values }),
    /** @param {string} key */
    load: (key) => load(key),
    /** @param {string} key */
    more: (key) => load(key, true),
    /** @param {number} id */
    readNews: (id) => dispatch({ type: "newsRead", id }),
    /** @param {boolean} isOpen */
    menu: (isOpen) => dispatch({ type: "menu", isOpen }),
    /** @param {string[]} ids */
    mark: (ids) => dispatch({ type: "marked", ids }),

    /** @param {string} text */
    async copy(text) {
      await navigator.clipboard.writeText(text).catch(() => null);
      dispatch({ type: "news", text: t("copied") });
    },

    /** Opens the dialog of an act. @param {string} act @param {Record<string, any>} subject @param {Record<string, string>} [values] */
    ask: (act, subject, values) => dispatch({ type: "dialog", dialog: { act, subject, values } }),
    /** Opens the dialog of a way out, which is the text of a request. @param {string} request */
    askWayOut(request) {
      const found = wayOutAct(request);
      if (found) dispatch({ type: "dialog", dialog: found });
    },
    close: () => dispatch({ type: "dialog", dialog: null }),
    confirm,

    /**
     * Counts the dead letters that the act would change, then asks for that number before it. Those that contain no job
     * cannot be sent, and those that this request could not see are not among them.
     * @param {"redrive" | "delete"} action @param {Record<string, string>} filter
     */
    async askAll(action, filter) {
      const counted = await sendForm("count", () => api.post("/api/operator/dead-letters", { ...filter, action, dryRun: true }));
      if (!counted || "problem" in counted) return;
      const { data, matched, unsendable, unseen } = counted.answer;
      const count = String(data.length);
      const later = String(Math.max(0, Number(matched) - data.length - Number(unsendable)));
      const left = Object.entries({ unsendable, unseen, later }).filter(([, number]) => String(number) !== "0");
      const note = left.map(([name, number]) => said(`letters.left.${name}`, { count: String(number) })).join(" ");
      if (data.length === 0) return dispatch({ type: "news", text: `${said(`letters.noneTo.${action}`)} ${note}` });
      dispatch({ type: "dialog", dialog: { act: `letters.${action}`, subject: { filter, count, note } } });
    },

    /** Finds an account and shows it. @param {string} kind `phone`, `user` or `code` @param {string} name */
    async findUser(kind, name) {
      if (!name) return;
      const found = await sendForm("findUser", () => api.get(`/api/operator/users?${new URLSearchParams({ [kind]: name })}`));
      if (found && "answer" in found) location.hash = hashOf("users", found.answer.data.userId);
    },

    async enter() {
      const { phoneNo = "", password = "" } = get().forms.login?.values ?? {};
      const done = await sendForm("login", () => logIn(phoneNo, password));
      if (!done || "problem" in done) return;
      // A password is not kept in the state for longer than it is needed.
      dispatch({ type: "answered", form: "login", values: {} });
      onOpen(done.answer);
    },

    logOut: () => sendForm("logout", () => session.logOut()),
  };
}
