// The actions behind the buttons of the console.

import { Refused, problemOf } from "../shared/api.js";
import { hashOf } from "../shared/router.js";
import { ACTS, wayOutAct } from "./acts/index.js";
import { fieldsOf, faultOf } from "./acts/fields.js";
import { said, t } from "./texts.js";

/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Event} Event */
/** @typedef {import("../shared/types.d.ts").Problem} Problem */
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
    dispatch({ type: "dialog", dialog: null });
    dispatch({ type: "marked", ids: [] });
    const { text = dialog.act, ...words } = act.result?.(done.answer, dialog.subject) ?? dialog.subject;
    dispatch({ type: "news", text: `${said(`act.${text}.done`, words)} ${t("act.logged")}`, isGood: true });
    if (act.goTo) location.hash = act.goTo(done.answer);
    reload();
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
     * Counts the dead letters that a filter selects, then asks for that number before the act.
     * @param {"redrive" | "delete"} action @param {Record<string, string>} filter
     */
    async askAll(action, filter) {
      const counted = await sendForm("count", () => api.post("/api/operator/dead-letters", { ...filter, action, dryRun: true }));
      if (!counted || "problem" in counted) return;
      const count = String(counted.answer.data.length);
      dispatch({ type: "dialog", dialog: { act: `letters.${action}`, subject: { filter, count } } });
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
