// The player page: puts store, session, link and views together.

import { html, render } from "../shared/html.js";
import { createApi } from "../shared/api.js";
import { clock } from "../shared/clock.js";
import { createKept } from "../shared/kept.js";
import { INITIAL, reduce } from "../shared/reduce.js";
import { isOnItsWay } from "../shared/revision.js";
import { createSession } from "../shared/session.js";
import { chosenLanguage, ownSettings, showTheme } from "../shared/settings.js";
import { ofBrowser } from "../shared/storage.js";
import { createStore } from "../shared/store.js";
import { hashOf } from "../shared/router.js";
import { createActions } from "./actions.js";
import { countAll } from "./count_to.js";
import { createLink } from "./link.js";
import { createLoads } from "./loads.js";
import { notice } from "./parts/basics.js";
import { createRoutes } from "./routes.js";
import { shell } from "./shell.js";
import { LANGUAGES, t, useLanguage } from "./texts.js";
import { watchState } from "./watch.js";

/** @typedef {import("../shared/types.d.ts").State} State */
/** @typedef {import("../shared/types.d.ts").Event} Event */

const root = /** @type {HTMLElement} */ (document.getElementById("app"));

showTheme();
await useLanguage(chosenLanguage(Object.keys(LANGUAGES)));

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
  const session = createSession({ onEnd: ended, onReturn: () => void comeBack() });
  const api = createApi({ session });
  const kept = createKept(ofBrowser, session.user);
  const loads = createLoads({ api, kept, get, dispatch, onProblem });
  const link = createLink({ api, session, kept, get, dispatch, onChange: linkChanged });
  const act = createActions({
    api,
    session,
    kept,
    loads,
    get,
    dispatch,
    onProblem,
    onOpen: opened,
    draw: settingsChanged,
  });
  const routes = createRoutes({ get, dispatch, load: loads.load, listen: link.listen, draw });
  const watch = watchState({ store, loads, link, requests: act.requests, askReality: act.askReality });

  /** @param {import("../shared/types.d.ts").Problem} problem */
  function onProblem({ code }) {
    if (code === "account-blocked") dispatch({ type: "blocked" });
    if (code === "offline") link.lost();
    // Operators have paused something since the settings were read.
    if (code === "paused") void loads.load("platform");
  }

  /** The room `rounds` tells what changes, not which rounds there are. @param {State["link"]["kind"]} kind */
  function linkChanged(kind) {
    if (kind === "off") return;
    act.requests.restore();
    act.requests.askAll();
    if (get().route.name === "play") void loads.load("rounds");
  }

  /** @param {import("../shared/session.js").End} why */
  function ended(why) {
    link.stop();
    loads.forget();
    act.requests.stop(why === "asked");
    ownSettings(null);
    const end = why === "asked" ? null : why;
    if (end && get().route.name !== "enter") dispatch({ type: "wanted", hash: location.hash });
    dispatch({ type: "session", status: "none", end });
    if (end) dispatch({ type: "news", text: t(end === "ended" ? "enter.ended" : "replaced.title"), isQuiet: true });
    routes.go(hashOf("enter"));
  }

  /** The settings of this player, in place of those of the browser. */
  async function showSettings() {
    ownSettings(session.user());
    await useLanguage(chosenLanguage(Object.keys(LANGUAGES)));
    showTheme();
    settingsChanged();
  }

  /** @param {import("../shared/types.d.ts").User | null} user @param {boolean} isNew */
  function opened(user, isNew) {
    dispatch({ type: "session", status: "open", user });
    void showSettings();
    for (const key of ["wallet", "bets", "gameBets", "exclusion", "limits", ...(user ? [] : ["me"])])
      void loads.load(key);
    link.start();
    act.requests.restore();
    routes.enter(isNew);
  }

  /** The account of this tab has logged in again in another tab. */
  async function comeBack() {
    const isFree = () =>
      get().session.status === "none" && !["login", "signup", "madeUp"].some((form) => get().forms[form]?.busy);
    if (!isFree()) return;
    const token = await session.resume().catch(() => null);
    if (token !== null && isFree()) opened(null, false);
  }

  function settingsChanged() {
    routes.nameTab();
    plan();
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
    countAll();
  }

  store.subscribe(plan);
  setInterval(() => {
    watch.tick();
    if (!document.hidden) plan();
  }, 1000);
  addEventListener("hashchange", routes.show);
  addEventListener("online", link.wake);
  addEventListener("offline", link.lost);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    if (session.mayReturn()) void comeBack();
    link.wake();
    const { route, deposits } = get();
    if (route.name === "wallet" || Object.values(deposits).some(isOnItsWay))
      for (const key of ["deposits", "withdrawals"]) void loads.load(key);
  });

  ofBrowser.watch((fault) => dispatch({ type: "storage", fault }));
  void loads.load("platform");
  if (session.isMarked()) {
    session.resume().then(
      (token) => token !== null && opened(null, false),
      () => {
        // The server does not answer. The page says so, and each part of it can be tried again.
        opened(null, false);
        link.off();
      },
    );
  } else {
    dispatch({ type: "session", status: "none" });
    routes.show();
  }
  draw();
}
