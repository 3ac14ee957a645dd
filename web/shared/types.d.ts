// Types of the API's bodies, made from /openapi.json by infra/checks/pages.sh, and of the pages' own state.

import type { components } from "../tests/generated/api.d.ts";

type Schemas = components["schemas"];
export type Bet = Schemas["BetBody"];
export type Round = Schemas["RoundBody"];
export type PublicMatch = Schemas["MatchBody"];
export type BetMatch = Schemas["BetMatchBody"];
export type Wallet = Schemas["WalletBody"];
export type Entry = Schemas["EntryBody"];
export type Deposit = Schemas["DepositBody"];
export type User = Schemas["UserBody"];
export type Exclusion = Schemas["ExclusionBody"];
export type Limits = Schemas["LimitListBody"];
export type Platform = Schemas["PlatformBody"];
export type Limit = Schemas["LimitBody"];
export type Withdrawal = Schemas["WithdrawalBody"];
export type Payee = Schemas["PayeeBody"];
export type Identity = Schemas["IdentityBody"];
export type Referral = Schemas["ReferralBody"];
export type Attendance = Schemas["AttendanceBody"];
export type Game = Schemas["GameBody"];
export type Selection = Schemas["SelectionBody"];
export type Period = Schemas["CurrentPeriodBody"];
/** A period with its evidence. */
export type DrawnPeriod = Schemas["PeriodBody"];
export type GameBet = Schemas["GameBetBody"];
export type Trend = Schemas["TrendBody"];
export type Jackpot = Schemas["JackpotBody"];
export type GameResult = Schemas["GameResultBody"];
/** What the live channel pushes; each type is one of the union. */
export type LiveEvent = Schemas["LiveEvent"];
export type Side = "A" | "B";

/** A refusal as the API words it, or one that this page made because no answer came. */
export interface Problem {
  /** The last part of the type, such as `over-limit`; `offline` where no answer came. */
  code: string;
  title: string;
  detail: string;
  field?: string;
  /** `requestId`, by which support finds the request. */
  reference?: string;
  status: number;
  /** Milliseconds to wait before the next attempt, from `Retry-After`. */
  retryAfterMs?: number;
}

export interface StepValue {
  label: string;
  value: string;
  at?: string;
  isHash?: boolean;
}

/** One step of a verification. `id` names its text in the catalogue, `words` has the values in that text. */
export interface Step {
  id: string;
  state: "ok" | "bad" | "unknown";
  words?: Record<string, string>;
  values: StepValue[];
  at?: string;
}

export interface Verification {
  steps: Step[];
  isGood: boolean;
  byHand: string;
}

/** How one part of the page is loaded, by its key. */
export interface Load {
  status: "loading" | "ready" | "failed";
  problem?: Problem;
}

export interface Link {
  kind: "connecting" | "live" | "poll" | "off";
  /** When something last came from the server (RFC 3339). */
  asOf: string | null;
}

/** A list that is read page by page, and filled by pushes as well. */
export interface Pages {
  ids: string[];
  next: string | null;
  /** The newest thing that a page had. */
  top: string | null;
}

/** A request that may be carried out once, as it was sent. */
export interface Sent {
  /** The values of the form. */
  values: Record<string, string>;
}

/** A request that moves money. */
export interface MoneyRequest extends Sent {
  kind: "bet" | "gameBet" | "deposit" | "withdrawal";
  /** The view of its form. */
  home: { name: string; id: string | null };
  path: string;
  body: Record<string, string>;
  idempotencyKey: string;
  /** The id of the bet or order that it makes. It follows from the key. */
  id: string;
  /** When it was first sent (RFC 3339), by the server's clock. */
  at: string;
  /** When it was first and last sent, in milliseconds. */
  firstAt: number;
  lastAt: number;
}

/** What became of a request whose answer was lost. */
export interface RequestOutcome {
  /** `arrived`: it was carried out, once. `absent`: it was not, and never will be. */
  kind: "arrived" | "absent";
  request: MoneyRequest;
  /** Why it was refused. */
  problem?: Problem;
}

/** Pages of bets. All bets since `readTo` have been read; null: all bets; undefined: no page yet. */
export interface BetPages extends Pages {
  readTo?: string | null;
}

/** A form: the typed values, and the result of sending them. */
export interface Form {
  values: Record<string, string>;
  busy: boolean;
  problem: Problem | null;
  /** Kept until the request is answered, so that a repeat is the same request. */
  sent: Sent | null;
  /** It may have been carried out. The form shows and keeps the values that were sent. */
  isUnknown: boolean;
  /** When the page asks again, in milliseconds by the server's clock. */
  askAt: number | null;
  outcome: RequestOutcome | null;
}

export interface Route {
  name: string;
  id: string | null;
  query: Record<string, string>;
}

export interface News {
  id: number;
  text: string;
  /** The change that it tells, where two places may notice the same one. */
  about?: string;
  /** Where the player sees more of it, and the text of that link. */
  href?: string;
  see?: string;
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
    /** Why the last one is over, where the player did not ask for that. */
    end: "ended" | "replaced" | null;
    /** The player of the last one. */
    was: User | null;
  };
  isBlocked: boolean;
  exclusion: Exclusion | null;
  link: Link;
  loads: Record<string, Load>;
  forms: Record<string, Form>;
  wallet: Wallet | null;
  bets: Record<string, Bet>;
  myBets: BetPages;
  /** When each bet last changed before the player's eyes, in milliseconds of this page. */
  changed: Record<string, number>;
  rounds: Record<string, Round>;
  openRounds: { ids: string[]; next: string | null };
  matches: Record<string, BetMatch[]>;
  ledger: { entries: Entry[]; next: string | null };
  deposits: Record<string, Deposit>;
  withdrawals: Record<string, Withdrawal>;
  /** The next page of each list of orders; null where there is none, or none was read. */
  orders: { deposits: string | null; withdrawals: string | null };
  payees: Payee[] | null;
  identity: Identity | null;
  referrals: { list: Referral[]; next: string | null };
  attendance: Attendance | null;
  games: Game[] | null;
  /** The current period of each room, by the room's id such as `game-30`. */
  periods: Record<string, Period>;
  /** The results of each room, newest first. */
  results: Record<string, { list: GameResult[]; next: string | null; top: string | null }>;
  trends: Record<string, { list: Trend[]; periods: string }>;
  gameBets: Record<string, GameBet>;
  myGameBets: BetPages;
  jackpots: Jackpot[] | null;
  /** Past periods that were read, by room and period. */
  drawnPeriods: Record<string, DrawnPeriod>;
  verifications: Record<string, Verification>;
  /** What just happened to the player, the newest last. */
  news: News[];
  dialog: { name: string; id?: string; since?: string; months?: string } | null;
  /** The limits, where a dialog shows them. */
  limits: Limits | null;
  /** Why this browser keeps nothing more; null while it does, or once the player has read it. */
  storage: "blocked" | "full" | null;
}

export type Event =
  | { type: "routed"; route: Route }
  | { type: "wanted"; hash: string | null }
  | { type: "platform"; data: Platform }
  | { type: "session"; status: "none" | "open"; user?: User | null; end?: State["session"]["end"] }
  | { type: "user"; data: User }
  | { type: "blocked" }
  | { type: "exclusion"; data: Exclusion }
  | { type: "link"; kind: Link["kind"]; at?: string }
  | { type: "load"; key: string; status: Load["status"]; problem?: Problem }
  | { type: "typed"; form: string; values: Record<string, string> }
  | { type: "sending"; form: string; sent?: Sent }
  | {
      type: "answered";
      form: string;
      problem?: Problem | null;
      values?: Record<string, string>;
      outcome?: RequestOutcome;
    }
  | { type: "asking"; form: string; at: number }
  | { type: "restored"; form: string; sent: MoneyRequest }
  | { type: "wallet"; data: Wallet }
  | { type: "bet"; data: Bet; seenAt?: number }
  | { type: "betPage"; data: Bet[]; next: string | null; readTo: string | null; isFirst: boolean }
  | { type: "round"; data: Round }
  | { type: "roundPage"; data: Round[]; next: string | null; isFirst: boolean; listed: string[] }
  | { type: "matches"; betId: string; data: BetMatch[] }
  | { type: "ledger"; data: Entry[]; next: string | null; isFirst: boolean }
  | { type: "deposit"; data: Deposit; isPushed?: boolean }
  | { type: "depositPage"; data: Deposit[]; next?: string | null }
  | { type: "withdrawal"; data: Withdrawal; isPushed?: boolean }
  | { type: "withdrawalPage"; data: Withdrawal[]; next: string | null }
  | { type: "payees"; data: Payee[] }
  | { type: "identity"; data: Identity }
  | { type: "referrals"; data: Referral[]; next: string | null; isFirst: boolean }
  | { type: "attendance"; data: Attendance }
  | { type: "games"; data: Game[] }
  | { type: "periods"; data: Period[] }
  | { type: "resultPage"; room: string; data: GameResult[]; next: string | null; isFirst: boolean }
  | { type: "gameResult"; data: GameResult & { winning?: Schemas["WinningBody"][] }; seenAt?: number }
  | { type: "drawnPeriod"; id: string; data: DrawnPeriod }
  | { type: "trends"; room: string; data: Trend[]; periods: string }
  | { type: "gameBet"; data: GameBet; seenAt?: number }
  | {
      type: "gameBetPage";
      data: GameBet[];
      next: string | null;
      readTo: string | null;
      isFirst: boolean;
      seenAt?: number;
    }
  | { type: "jackpots"; data: Jackpot[] }
  | { type: "verified"; key: string; data: Verification }
  | ({ type: "news" } & Omit<News, "id">)
  | { type: "newsRead"; id: number }
  | { type: "dialog"; dialog: State["dialog"] }
  | { type: "limits"; data: Limits }
  | { type: "storage"; fault: State["storage"] };
