// The console: puts store, session and views together.

import { html, render } from "../vendor/lit-html.js";
import { createApi } from "../shared/api.js";
import { hashOf } from "../shared/router.js";
import { createSession } from "../shared/session.js";
import { createStore } from "../shared/store.js";
import { notice } from "../player/parts/basics.js";
import { createActions } from "./actions.js";
import { createLink } from "./link.js";
import { createLoads } from "./loads.js";
import { roleOf } from "./roles.js";
import { createRoutes, keysOf } from "./routes.js";
import { shell } from "./shell.js";
import { INITIAL, reduce } from "./state.js";
import { t } from "./texts.js";

/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Event} Event */

/** The current view is read again that often, in milliseconds. */
const POLL_EVERY = 5_000;
/** Numbers by minute are read again that often, in milliseconds. */
const POLL_MINUTES_EVERY = 30_000;
/** A toast is shown that long, in milliseconds. */
const TOAST = 8_000;

const root = /** @type {HTMLElement} */ (document.getElementById("app"));

// Over plain http to another machine, browsers refuse the session cookie and have no WebCrypto.
if (isSecureContext) start();
else render(html`<main class="frame views">${notice({ icon: "lock", title: t("insecure.title"), text: t("insecure.text"), isBad: true })}</main>`, root);

function start() {
  /** @type {ReturnType<typeof createStore<State, Event>>} */
  const store = createStore(reduce, INITIAL);
  const { get, dispatch } = store;
  const session = createSession({ onEnd: ended });
  const api = createApi({ session });
  const load = createLoads({ api, get, dispatch, onProblem });
  const link = createLink({ session, get, dispatch, load, role: roleNow, onRoleLost: () => void readUser() });
  const routes = createRoutes({ get, dispatch, load, draw });
  const act = createActions({ api, session, load, get, dispatch, onProblem, onOpen: opened, reload: () => reload(true) });

  /** @param {import("../shared/types.d.ts").Problem} problem */
  function onProblem({ code }) {
    if (code === "account-blocked") dispatch({ type: "blocked" });
    if (code === "offline") dispatch({ type: "link", kind: "off" });
  }

  /** The role of the session's account. */
  function roleNow() {
    return roleOf(get().session.user?.role ?? "");
  }

  /** Reads again what the view shows. @param {boolean} isAll Also what is read on demand alone, and what events bring. */
  function reload(isAll) {
    const { route, session: open } = get();
    if (open.status !== "open") return;
    const { polled, slow = [], once } = keysOf(route, roleNow(), Date.now());
    const brought = link.heard();
    for (const key of isAll ? [...polled, ...slow, ...once] : polled.filter((key) => !brought.includes(key))) void load(key);
  }

  function reloadSlow() {
    const { route, session: open } = get();
    if (open.status !== "open") return;
    for (const key of keysOf(route, roleNow(), Date.now()).slow ?? []) void load(key);
  }

  async function readUser() {
    try {
      dispatch({ type: "user", data: (await api.get("/api/users/me")).data });
      routes.show();
    } catch {
      // The next request says what is wrong.
    }
  }

  /** @param {boolean} isAsked */
  function ended(isAsked) {
    link.stop();
    if (!isAsked && get().route.name !== "enter") dispatch({ type: "wanted", hash: location.hash });
    dispatch({ type: "session", status: "none", hasEnded: !isAsked });
    routes.go(hashOf("enter"));
  }

  /** @param {import("../shared/types.d.ts").User} user */
  function opened(user) {
    dispatch({ type: "session", status: "open", user });
    routes.enter();
    link.start();
  }

  /** After a refresh, the role is that of the account. */
  async function resume() {
    try {
      if ((await session.token()) === null) return;
      opened((await api.get("/api/users/me")).data);
    } catch {
      dispatch({ type: "session", status: "none" });
      dispatch({ type: "link", kind: "off" });
      routes.show();
    }
  }

  let isPlanned = false;
  function plan() {
    if (isPlanned) return;
    isPlanned = true;
    // A hidden page gets no frames, so a timer draws it.
    if (document.hidden) setTimeout(draw);
    else requestAnimationFrame(draw);
  }

  function draw() {
    isPlanned = false;
    render(shell({ state: get(), act, now: Date.now() }), root);
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let toast;
  store.subscribe((state, before, event) => {
    plan();
    const news = state.news.at(-1);
    if (news && news.id !== before.news.at(-1)?.id) {
      clearTimeout(toast);
      toast = setTimeout(() => dispatch({ type: "newsRead", id: news.id }), TOAST);
    }
    if (event.type === "answered" && event.problem) requestAnimationFrame(focusInvalid);
    if (state.route !== before.route || state.session !== before.session) link.listen();
  });
  setInterval(() => !document.hidden && plan(), 1000);
  setInterval(() => !document.hidden && reload(false), POLL_EVERY);
  setInterval(() => !document.hidden && reloadSlow(), POLL_MINUTES_EVERY);
  addEventListener("hashchange", routes.show);
  addEventListener("online", wake);
  addEventListener("offline", () => {
    dispatch({ type: "link", kind: "off" });
    link.lost();
  });
  document.addEventListener("visibilitychange", () => !document.hidden && wake());

  function wake() {
    link.wake();
    reload(false);
  }

  api.get("/api/platform", { isPublic: true }).then(
    ({ data }) => dispatch({ type: "platform", data }),
    () => dispatch({ type: "link", kind: "off" }),
  );
  if (session.isMarked()) void resume();
  else {
    dispatch({ type: "session", status: "none" });
    routes.show();
  }
  draw();
}

function focusInvalid() {
  /** @type {HTMLElement | null} */ (document.querySelector("[aria-invalid=true]"))?.focus();
}
