// The state of the console as a fold over events. Pure: no clock, no network, no random numbers.

import { EMPTY_FORM, form } from "../shared/reduce.js";
import { hashOf } from "../shared/router.js";
import { isList, withoutGone } from "./lists.js";

/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Event} Event */

/** @type {State} */
export const INITIAL = {
  route: { name: "overview", id: null, query: {} },
  wanted: null,
  platform: null,
  session: { status: "unknown", user: null, end: null, was: null },
  isBlocked: false,
  link: { kind: "connecting", asOf: null },
  loads: {},
  data: {},
  people: {},
  forms: {},
  marked: [],
  visit: 0,
  dialog: null,
  dialogs: 0,
  isMenuOpen: false,
  news: [],
  storage: null,
};

/**
 * @param {State} state
 * @param {Event} event
 * @returns {State}
 */
export function reduce(state, event) {
  switch (event.type) {
    case "routed":
      return routed(state, event.route);
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
      return {
        ...state,
        loads: { ...state.loads, [event.key]: { status: event.status, problem: event.problem, isMore: event.isMore } },
      };
    case "data":
      return { ...state, data: { ...state.data, [event.key]: event.data } };
    case "people":
      return { ...state, people: { ...state.people, ...event.names } };
    case "typed":
    case "sending":
    case "answered":
      return { ...state, forms: { ...state.forms, [event.form]: form(state.forms[event.form] ?? EMPTY_FORM, event) } };
    case "marked":
      return { ...state, marked: event.ids };
    case "menu":
      return { ...state, isMenuOpen: event.isOpen };
    case "dialog":
      return {
        ...state,
        dialog: event.dialog && { ...event.dialog, id: state.dialogs + 1 },
        dialogs: state.dialogs + 1,
        forms: { ...state.forms, act: { ...EMPTY_FORM, values: event.dialog?.values ?? {} } },
      };
    case "reported":
      return state.dialog ? { ...state, dialog: { ...state.dialog, report: event.report } } : state;
    case "passwordNeeded":
      return state.dialog
        ? {
            ...state,
            dialog: { ...state.dialog, needsPassword: true },
            forms: { ...state.forms, act: { ...state.forms.act, busy: false, problem: null } },
          }
        : state;
    case "storage":
      return { ...state, storage: event.fault };
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

/**
 * Another view begins with the rows that are in its lists now.
 * @param {State} state @param {State["route"]} route @returns {State}
 */
function routed(state, route) {
  const data =
    route.name === state.route.name
      ? state.data
      : mapValues(state.data, (key, value) => (value?.gone?.length && isList(key) ? withoutGone(key, value) : value));
  const visit = hashOfRoute(route) === hashOfRoute(state.route) ? state.visit : state.visit + 1;
  return {
    ...state,
    route,
    data,
    visit,
    dialog: null,
    isMenuOpen: false,
    marked: [],
    forms: {},
    news: quiet(state.news),
  };
}

/** @param {State["route"]} route */
const hashOfRoute = ({ name, id, query }) => hashOf(name, id, query);

/** @template T @param {Record<string, T>} values @param {(key: string, value: T) => T} change */
const mapValues = (values, change) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(key, value)]));

/**
 * The end of a session leaves nothing that was read with it.
 * @param {State} state @param {Extract<Event, { type: "session" }>} event @returns {State}
 */
function session(state, event) {
  if (event.status === "open")
    return { ...state, session: { status: "open", user: event.user ?? state.session.user, end: null, was: null } };
  const { route, wanted, platform, visit, dialogs, storage } = state;
  /** @type {State["session"]} */
  const ended = { status: "none", user: null, end: event.end ?? null, was: state.session.user };
  return { ...INITIAL, route, wanted, platform, visit: visit + 1, dialogs, storage, session: ended };
}
