// The console: puts store, session and views together.

import { html, render } from "../shared/html.js";
import { createApi, unreached } from "../shared/api.js";
import { clock } from "../shared/clock.js";
import { hashOf } from "../shared/router.js";
import { createSession } from "../shared/session.js";
import { ofBrowser } from "../shared/storage.js";
import { createStore } from "../shared/store.js";
import { notice } from "../player/parts/basics.js";
import { createActions } from "./actions.js";
import { createLink } from "./link.js";
import { createLoads } from "./loads.js";
import { createPeople } from "./people.js";
import { roleOf } from "./roles.js";
import { focusSearch } from "./parts/search_field.js";
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
if (isSecureContext) {
  start();
} else {
  render(
    html`<main class="frame views">
      ${notice({ icon: "lock", title: t("insecure.title"), text: t("insecure.text"), isBad: true })}
    </main>`,
    root,
  );
}

function start() {
  /** @type {ReturnType<typeof createStore<State, Event>>} */
  const store = createStore(reduce, INITIAL);
  const { get, dispatch } = store;
  const session = createSession({ onEnd: ended, onReturn: comeBack });
  const api = createApi({ session });
  const load = createLoads({ api, get, dispatch, onProblem });
  const link = createLink({ session, get, dispatch, load, role: roleNow, onRoleLost: () => void readUser() });
  const people = createPeople({ api, get, dispatch });
  const routes = createRoutes({ get, dispatch, load, draw });
  const act = createActions({
    api,
    session,
    load,
    get,
    dispatch,
    onProblem,
    onOpen: opened,
    reload: () => reload(true),
  });

  /** @param {import("../shared/types.d.ts").Problem} problem */
  function onProblem({ code }) {
    if (code === "account-blocked") dispatch({ type: "blocked" });
    if (code === "offline") dispatch({ type: "link", kind: "off" });
  }

  /** The role of the session's account. */
  function roleNow() {
    return roleOf(get().session.user?.role ?? "");
  }

  /** The keys of all loads that the view shows. */
  function shownKeys() {
    const { polled, slow = [], once } = keysOf(get().route, roleNow());
    return [...polled, ...slow, ...once];
  }

  /**
   * Reads again what the view shows.
   * @param {boolean} isAll Also what is read on demand alone, and what events bring.
   */
  function reload(isAll) {
    const { route, session: open } = get();
    if (open.status !== "open") return;
    const brought = link.heard();
    for (const key of isAll ? shownKeys() : keysOf(route, roleNow()).polled.filter((key) => !brought.includes(key)))
      void load(key, { isAnew: isAll });
  }

  function reloadSlow() {
    const { route, session: open } = get();
    if (open.status !== "open") return;
    for (const key of keysOf(route, roleNow()).slow ?? []) void load(key);
  }

  async function readUser() {
    try {
      dispatch({ type: "user", data: (await api.get("/api/users/me")).data });
      routes.show();
    } catch {
      // The next request says what is wrong.
    }
  }

  /** @param {import("../shared/session.js").End} why */
  function ended(why) {
    link.stop();
    load.forget();
    const end = why === "asked" ? null : why;
    if (end && get().route.name !== "enter") dispatch({ type: "wanted", hash: location.hash });
    dispatch({ type: "session", status: "none", end });
    if (end) dispatch({ type: "news", text: t(end === "ended" ? "enter.ended" : "replaced.title"), isQuiet: true });
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
      if ((await session.resume()) === null) return;
      const { data } = await api.get("/api/users/me");
      if (get().session.status !== "open") opened(data);
    } catch {
      dispatch({ type: "session", status: "none" });
      dispatch({ type: "link", kind: "off" });
      routes.show();
    }
  }

  /** The account of this tab has logged in again in another tab. */
  function comeBack() {
    if (get().session.status === "none" && !get().forms.login?.busy) void resume();
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
    render(shell({ state: get(), act, now: clock.now() }), root);
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
    if (event.type === "data") people.learn(event.data);
    if (event.type === "answered" && event.problem) requestAnimationFrame(focusInvalid);
    if (state.link.kind !== before.link.kind && ["live", "poll"].includes(state.link.kind)) {
      for (const key of unreached(state.loads)) if (shownKeys().includes(key)) void load(key);
    }
    if (state.route !== before.route || state.session !== before.session) link.listen();
  });
  setInterval(() => !document.hidden && plan(), 1000);
  setInterval(() => !document.hidden && reload(false), POLL_EVERY);
  setInterval(() => !document.hidden && reloadSlow(), POLL_MINUTES_EVERY);
  addEventListener("hashchange", routes.show);
  addEventListener("keydown", (event) => {
    if (
      event.key !== "/" ||
      event.ctrlKey ||
      event.metaKey ||
      event.altKey ||
      get().session.status !== "open" ||
      get().dialog
    )
      return;
    if (event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]")) return;
    event.preventDefault();
    // On a phone the field is in a view of its own.
    if (!focusSearch()) location.hash = hashOf("search");
  });
  addEventListener("online", wake);
  addEventListener("offline", () => {
    dispatch({ type: "link", kind: "off" });
    link.lost();
  });
  document.addEventListener("visibilitychange", () => !document.hidden && wake());

  function wake() {
    if (session.mayReturn()) comeBack();
    link.wake();
    reload(false);
  }

  ofBrowser.watch((fault) => dispatch({ type: "storage", fault }));
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
