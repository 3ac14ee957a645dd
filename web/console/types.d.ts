// The console's own state.

import type { Form, Link, Load, Platform, Problem, Route, Sent, User } from "../shared/types.d.ts";
import type { Actions } from "./actions.js";

/** An act that waits for its confirmation. */
export interface Dialog {
  /** Tells it apart from each dialog before it. */
  id: number;
  /** The name of the act in `acts/index.js`. */
  act: string;
  /** The thing that the act changes: its ids and the values that its texts show. */
  subject: Record<string, any>;
  /** Values that the form begins with. */
  values?: Record<string, string>;
  /** The login is too old, so that the password is asked for. */
  needsPassword?: boolean;
  /** The act is over, and not everything was done. */
  report?: Report;
}

/** What became of an act on several things. */
export interface Report {
  action: string;
  done: number;
  /** They were not there any more. */
  gone: number;
  failed: { id: string; problem: Problem }[];
}

export interface News {
  id: number;
  text: string;
  isGood?: boolean;
  /** Said to a screen reader alone; also what was shown for long enough. */
  isQuiet?: boolean;
}

export interface State {
  route: Route;
  /** Where to go on after a login. */
  wanted: string | null;
  platform: Platform | null;
  session: {
    status: "unknown" | "none" | "open";
    user: User | null;
    end: "ended" | "replaced" | null;
    was: User | null;
  };
  isBlocked: boolean;
  link: Link;
  loads: Record<string, Load & { isMore?: boolean }>;
  /** The answers, by the keys of `loads.js`. Bodies have the types of the API. */
  data: Record<string, any>;
  /** Names by the numbers of people; null for people without one. */
  people: Record<string, string | null>;
  forms: Record<string, Form>;
  /** The dead letters that are marked. */
  marked: string[];
  /** The number of views that were shown, so that a late answer finds out whether its view is still there. */
  visit: number;
  dialog: Dialog | null;
  /** The number of dialogs that were opened or closed. */
  dialogs: number;
  isMenuOpen: boolean;
  news: News[];
  /** Why this browser keeps nothing more; null while it does, or once it was read. */
  storage: "blocked" | "full" | null;
}

export type Event =
  | { type: "routed"; route: Route }
  | { type: "wanted"; hash: string | null }
  | { type: "platform"; data: Platform }
  | { type: "session"; status: "none" | "open"; user?: User | null; end?: State["session"]["end"] }
  | { type: "user"; data: User }
  | { type: "blocked" }
  | { type: "link"; kind: Link["kind"]; at?: string }
  | { type: "load"; key: string; status: Load["status"]; problem?: Problem; isMore?: boolean }
  | { type: "data"; key: string; data: any }
  | { type: "people"; names: Record<string, string | null> }
  | { type: "typed"; form: string; values: Record<string, string> }
  | { type: "sending"; form: string; sent?: Sent }
  | { type: "answered"; form: string; problem?: Problem | null; values?: Record<string, string> }
  | { type: "marked"; ids: string[] }
  | { type: "menu"; isOpen: boolean }
  | { type: "dialog"; dialog: Omit<Dialog, "id"> | null }
  | { type: "reported"; report: Report }
  | { type: "passwordNeeded" }
  | ({ type: "news" } & Omit<News, "id">)
  | { type: "newsRead"; id: number }
  | { type: "storage"; fault: State["storage"] };

/** The input of a view: the state, the time, and the actions of its buttons. */
export interface Context {
  state: State;
  act: Actions;
  /** Milliseconds. */
  now: number;
}
