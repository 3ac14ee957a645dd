// The actions behind the buttons of the console.

import { problemText } from "../player/problem_text.js";
import { Refused, isReplay, isUnanswered, problemOf } from "../shared/api.js";
import { hashOf } from "../shared/router.js";
import { ACTS } from "./acts/index.js";
import { fieldsOf, faultOf } from "./acts/fields.js";
import { subjectWords } from "./people.js";
import { said, t } from "./texts.js";

/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Event} Event */
/** @typedef {import("../shared/types.d.ts").Problem} Problem */
/** @typedef {import("./types.d.ts").Dialog} Dialog */
/** @typedef {import("./acts/fields.js").Act} Act */
/** @typedef {ReturnType<typeof createActions>} Actions */

/** A search begins that long after the last key, in milliseconds. */
const TYPING = 200;

/**
 * @param {{ api: ReturnType<typeof import("../shared/api.js").createApi>,
 *   session: ReturnType<typeof import("../shared/session.js").createSession>,
 *   load: ReturnType<typeof import("./loads.js").createLoads>, get: () => State, dispatch: (event: Event) => void,
 *   onProblem: (problem: Problem) => void, onOpen: (user: import("../shared/types.d.ts").User) => void,
 *   reload: () => void }} parts `reload`: reads again what the current view shows.
 */
export function createActions({ api, session, load, get, dispatch, onProblem, onOpen, reload }) {
  /** Says whether the view is still the one of now. */
  const sameView = () => {
    const { visit } = get();
    return () => get().visit === visit;
  };

  /**
   * Sends a form; a second click while it is under way does nothing. An answer that comes too late is not shown in the
   * form, which now belongs to another view or dialog.
   * @template T
   * @param {string} form @param {() => Promise<T>} send
   * @param {() => boolean} [isCurrent] Whether the form is still the one that was sent.
   * @param {import("../shared/types.d.ts").Sent} [sent] Values that stay as they are until the answer is known.
   * @returns {Promise<{ answer: T, isLate: boolean } | { problem: Problem, isLate: boolean } | null>}
   */
  async function sendForm(form, send, isCurrent = sameView(), sent) {
    if (get().forms[form]?.busy) return null;
    const user = session.user();
    dispatch({ type: "sending", form, sent });
    try {
      const answer = await send();
      const isLate = !isCurrent();
      if (!isLate) dispatch({ type: "answered", form });
      return { answer, isLate };
    } catch (error) {
      const problem = error instanceof Refused ? error.problem : problemOf("unreadable", 0);
      // The form of another account is none of this one's.
      if (session.user() !== user) return null;
      const isLate = !isCurrent();
      if (!isLate) dispatch({ type: "answered", form, problem });
      onProblem(problem);
      return { problem, isLate };
    }
  }

  /** @param {string} phoneNo @param {string} password */
  async function logIn(phoneNo, password) {
    const { data } = await session.logIn(() =>
      api.post("/api/users/login", { phoneNo, password, ...session.wanted() }, { isPublic: true }),
    );
    return data.user;
  }

  /** The file that was chosen in the dialog. The state has its size and name only. @type {File | null} */
  let attached = null;

  /** @param {string} form @param {string} field @param {string} code */
  const refuse = (form, field, code) =>
    dispatch({ type: "answered", form, problem: { ...problemOf(code, 422), field } });

  /**
   * Carries out the act of the dialog, after a new login where the last one is too old. If the dialog has been closed
   * when the answer comes, a toast says how the act ended, and the reader stays where they are.
   */
  async function confirm() {
    const { dialog, forms, session: open } = get();
    if (!dialog) return;
    const act = ACTS[dialog.act];
    const { values } = forms.act;
    const fault = faultOf(fieldsOf(act, dialog, values), values);
    if (fault) return refuse("act", fault.field, fault.code);
    const send = async () => {
      if (dialog.needsPassword) await logIn(open.user?.phoneNo ?? "", values.password ?? "");
      return act.send(api, dialog.subject, values, attached);
    };
    const done = await sendForm("act", send, () => get().dialog?.id === dialog.id, {
      values: { ...values, password: "" },
    });
    if (!done) return;
    if ("problem" in done) return done.isLate ? tellProblem(dialog, done.problem) : keepAsking(done.problem);
    const kept = act.kept?.(done.answer);
    if (kept) dispatch({ type: "data", ...kept });
    const report = act.report?.(done.answer, dialog.subject);
    const isWhole = !report || (report.gone === 0 && report.failed.length === 0);
    if (done.isLate) {
      reload();
      return isWhole ? tell(dialog, act, done.answer) : tellReport(report);
    }
    if (isWhole) dispatch({ type: "dialog", dialog: null });
    else dispatch({ type: "reported", report });
    dispatch({ type: "marked", ids: report?.failed.map(({ id }) => id) ?? [] });
    const { route } = get();
    const to = act.goTo?.(done.answer) ?? (act.isEnd && route.id ? hashOf(route.name) : null);
    if (to) await moveTo(to);
    else reload();
    if (isWhole) tell(dialog, act, done.answer);
  }

  /** @param {Problem} problem */
  function keepAsking({ code }) {
    if (code === "login-too-old") dispatch({ type: "passwordNeeded" });
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;

  /** The search for a text. Further letters replace it, so that "back" leaves the search. @param {string} text */
  function show(text) {
    const hash = hashOf("search", null, text ? { text } : {});
    if (get().route.name === "search") location.replace(hash);
    else if (text) location.hash = hash;
  }

  /**
   * Moves to another view. Toasts stay in the view where they appear, so a toast about the act comes afterwards.
   * @param {string} hash
   */
  async function moveTo(hash) {
    if (location.hash === hash) return reload();
    const isThere = new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
    location.hash = hash;
    await isThere;
  }

  /**
   * Says what was done. A repeat changed nothing and has no line of its own.
   * @param {Dialog} dialog @param {Act} act @param {any} answer
   */
  function tell({ act: name, subject }, act, answer) {
    const { text = name, ...words } = subjectWords(get(), act.result?.(answer, subject) ?? subject);
    const logged = isReplay(answer) ? t("act.replayed") : t("act.logged");
    dispatch({ type: "news", text: `${said(`act.${text}.done`, words)} ${logged}`, isGood: true });
  }

  /** Says why an act was not done. @param {Dialog} dialog @param {Problem} problem */
  function tellProblem({ act, subject }, problem) {
    const key = isUnanswered(problem) ? "act.notAnswered" : "act.notDone";
    dispatch({ type: "news", text: t(key, { verb: said(`act.${act}.verb`, subject), why: problemText(problem) }) });
  }

  /** @param {import("./types.d.ts").Report} report */
  function tellReport({ action, done, gone, failed }) {
    const text = [
      `${t("report.title")}.`,
      said(`report.done.${action}`, { count: String(done) }),
      ...(gone ? [t("report.gone", { count: String(gone) })] : []),
      ...(failed.length ? [t("report.failedLate", { count: String(failed.length) })] : []),
    ];
    dispatch({ type: "news", text: text.join(" ") });
  }

  return {
    /** @param {string} form @param {Record<string, string>} values */
    type: (form, values) => dispatch({ type: "typed", form, values }),
    readStorage: () => dispatch({ type: "storage", fault: null }),
    /** Goes on as the account that has logged in in this browser meanwhile. */
    goOn() {
      location.hash = "";
      location.reload();
    },
    /** @param {string} key */
    load: (key) => load(key),
    /** @param {string} key */
    more: (key) => load(key, { isMore: true }),
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

    /**
     * Opens the dialog of an act.
     * @param {string} act @param {Record<string, any>} subject @param {Record<string, string>} [values]
     */
    ask(act, subject, values) {
      attached = null;
      dispatch({ type: "dialog", dialog: { act, subject, values } });
    },
    /** @param {File | null} file */
    attach: (file) => {
      attached = file;
    },
    close: () => dispatch({ type: "dialog", dialog: null }),
    confirm,

    /**
     * Counts the dead letters that the act would change, then asks for that number before it. Those that contain no job
     * cannot be sent, and those that this request could not see are not among them.
     * @param {"redrive" | "delete"} action @param {Record<string, string>} filter
     */
    async askAll(action, filter) {
      const isSame = sameView();
      dispatch({ type: "typed", form: "count", values: { action } });
      const count = () => api.post("/api/operator/dead-letters", { ...filter, action, dryRun: true });
      // A dialog that was opened meanwhile stays.
      const counted = await sendForm("count", count, () => isSame() && get().dialog === null);
      if (!counted || counted.isLate || "problem" in counted) return;
      const { data, matched, unsendable, unseen } = counted.answer;
      const number = String(data.length);
      const later = String(Math.max(0, Number(matched) - data.length - Number(unsendable)));
      const left = Object.entries({ unsendable, unseen, later }).filter(([, size]) => String(size) !== "0");
      const note = left.map(([name, size]) => said(`letters.left.${name}`, { count: String(size) })).join(" ");
      if (data.length === 0) return dispatch({ type: "news", text: `${said(`letters.noneTo.${action}`)} ${note}` });
      dispatch({ type: "dialog", dialog: { act: `letters.${action}`, subject: { filter, count: number, note } } });
    },

    /**
     * Shows what a text finds: at once, or once no key was pressed for a moment.
     * @param {string} text @param {boolean} isNow
     */
    search(text, isNow) {
      clearTimeout(typing);
      typing = setTimeout(() => show(text.trim()), isNow ? 0 : TYPING);
    },

    /** Finds an account and shows it. @param {string} kind `phone`, `user` or `code` @param {string} name */
    async findUser(kind, name) {
      if (!name) return;
      const found = await sendForm("findUser", () =>
        api.get(`/api/operator/users?${new URLSearchParams({ [kind]: name })}`),
      );
      if (found && !found.isLate && "answer" in found) location.hash = hashOf("users", found.answer.data.userId);
    },

    async enter() {
      const { phoneNo = "", password = "" } = get().forms.login?.values ?? {};
      const done = await sendForm(
        "login",
        () => logIn(phoneNo, password),
        () => true,
      );
      if (!done || "problem" in done) return;
      // A password is not kept in the state for longer than it is needed.
      dispatch({ type: "answered", form: "login", values: {} });
      onOpen(done.answer);
    },

    async logOut() {
      const done = await sendForm(
        "logout",
        () => session.logOut(),
        () => true,
      );
      if (done && "problem" in done) dispatch({ type: "news", text: problemText(done.problem) });
    },
  };
}
