// The state of the console as a fold over events. Pure: no clock, no network, no random numbers.

import { EMPTY_FORM, form } from "../shared/reduce.js";

/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Event} Event */

/** @type {State} */
export const INITIAL = {
  route: { name: "overview", id: null, query: {} },
  wanted: null,
  platform: null,
  session: { status: "unknown", user: null, hasEnded: false },
  isBlocked: false,
  link: { kind: "connecting", asOf: null },
  loads: {},
  data: {},
  forms: {},
  marked: [],
  dialog: null,
  isMenuOpen: false,
  news: [],
};

/**
 * @param {State} state
 * @param {Event} event
 * @returns {State}
 */
export function reduce(state, event) {
  switch (event.type) {
    case "routed":
      return { ...state, route: event.route, dialog: null, isMenuOpen: false, marked: [], forms: {}, news: quiet(state.news) };
    case "wanted":
      return { ...state, wanted: event.hash };
    case "platform":
      return { ...state, platform: event.data };
    case "session":
      return session(state, event);
    case "user":
      return { ...state, session: { ...state.session, user: event.data } };
    case "blocked":
      return { ...state, isBlocked: true };
    case "link":
      return { ...state, link: { kind: event.kind, asOf: event.at ?? state.link.asOf } };
    case "load":
      return { ...state, loads: { ...state.loads, [event.key]: { status: event.status, problem: event.problem } } };
    case "data":
      return { ...state, data: { ...state.data, [event.key]: event.isMore ? appended(state.data[event.key], event.data) : event.data } };
    case "typed":
    case "sending":
    case "answered":
      return { ...state, forms: { ...state.forms, [event.form]: form(state.forms[event.form] ?? EMPTY_FORM, event) } };
    case "marked":
      return { ...state, marked: event.ids };
    case "menu":
      return { ...state, isMenuOpen: event.isOpen };
    case "dialog":
      return { ...state, dialog: event.dialog, forms: { ...state.forms, act: { ...EMPTY_FORM, values: event.dialog?.values ?? {} } } };
    case "passwordNeeded":
      return state.dialog ? { ...state, dialog: { ...state.dialog, needsPassword: true } } : state;
    case "news": {
      const id = (state.news.at(-1)?.id ?? 0) + 1;
      const { text, isGood, isQuiet } = event;
      return { ...state, news: [...state.news.slice(-2), { id, text, isGood, isQuiet }] };
    }
    case "newsRead":
      return { ...state, news: state.news.map((one) => (one.id === event.id ? { ...one, isQuiet: true } : one)) };
  }
}

/** Toasts stay in the view where they appeared. @param {State["news"]} news */
const quiet = (news) => news.map((one) => ({ ...one, isQuiet: true }));

/** A further page of a list. @param {any} known @param {any} more */
const appended = (known, more) => (known ? { ...more, items: [...known.items, ...more.items] } : more);

/** The end of a session leaves nothing that was read with it. @param {State} state @param {Extract<Event, { type: "session" }>} event @returns {State} */
function session(state, event) {
  if (event.status === "open") return { ...state, session: { status: "open", user: event.user ?? state.session.user, hasEnded: false } };
  const { route, wanted, platform } = state;
  /** @type {State["session"]} */
  const ended = { status: "none", user: null, hasEnded: event.hasEnded ?? false };
  return { ...INITIAL, route, wanted, platform, session: ended };
}
