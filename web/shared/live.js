// The client of the protocol `live` (docs/live.md): one WebSocket that pushes states, and a poll of GET /api/live where
// it cannot be had. Each event is handed on; the fold keeps the newer state.

/** Each poll asks that long after the last, in milliseconds. */
const POLL_EVERY = 5_000;
/** While a bet or a deposit is open, the page asks for missed changes. */
const SYNC_EVERY = 60_000;
/** Attempts that fail before the page polls meanwhile. */
const ATTEMPTS_BEFORE_POLL = 2;
/** No answer to an attempt. */
const CONNECT_TIMEOUT = 8_000;
/** Each message is answered. A link on which an answer takes longer is dead. */
const ANSWER_TIMEOUT = 5_000;
/** A page that is seen pings after so much silence, and a hidden one as the server asks. */
const PING_EVERY = 10_000;
/** The token is renewed that much before it expires. */
const HELLO_MARGIN = 20_000;

/** @typedef {import("./types.d.ts").LiveEvent} LiveEvent */

/**
 * @typedef {object} Timers
 * @property {(call: () => void, ms: number) => any} set
 * @property {(timer: any) => void} clear
 *
 * @typedef {object} Parts
 * @property {(isStale?: boolean) => Promise<string | null>} token
 * @property {(rooms: string[], known: object) => Promise<{ events?: LiveEvent[], more?: boolean }>} poll Answers with
 *   the frame of a snapshot.
 * @property {() => object} known The revisions that the page has.
 * @property {() => boolean} isOpen Whether a bet or a deposit is unfinished.
 * @property {(event: LiveEvent) => void} onEvent
 * @property {(serverTime: string, sentAt: number) => void} onTime A time of the server, and when it was asked for in
 *   milliseconds.
 * @property {(kind: "connecting" | "live" | "poll" | "off") => void} onLink
 * @property {(reason: string) => void} onBye
 * @property {(text: string) => any} parse
 * @property {() => WebSocket} [connect]
 * @property {() => boolean} [isHidden]
 * @property {() => number} [now]
 * @property {() => number} [random]
 * @property {Timers} [timers]
 */

/**
 * Ignores an event of a type that the page does not know: a newer server may send one. The type check fails where a
 * type of the API's description has no case of its own.
 * @param {never} _type
 */
export function ignoreUnknown(_type) {}

/** How long to wait before an attempt: anything up to the bound, so that clients do not all come back at once. */
export function backOff(/** @type {number} */ failures, /** @type {number} */ random, isHidden = false) {
  const bound = Math.min(isHidden ? 60_000 : 30_000, 1_000 * 2 ** Math.min(failures, 10));
  return 500 + random * (bound - 500);
}

/** @param {Parts} parts */
export function createLive({
  token,
  poll,
  known,
  isOpen,
  onEvent,
  onTime,
  onLink,
  onBye,
  parse,
  connect = () => new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live`),
  isHidden = () => document.hidden,
  now = Date.now,
  random = Math.random,
  timers = { set: (call, ms) => setTimeout(call, ms), clear: (timer) => clearTimeout(timer) },
}) {
  /** @type {WebSocket | null} */
  let socket = null;
  let isGreeted = false;
  let isRetried = false;
  let isRunning = false;
  let failures = 0;
  /** The last message that was sent, and the last that was answered, by their numbers. */
  let ref = 0;
  /** When each message without an answer was sent, by its `ref`. @type {Map<string, number>} */
  const sentAt = new Map();
  let answered = 0;
  let pingSeconds = 25;
  /** Which attempt this is: what belongs to an earlier one is ignored. */
  let generation = 0;
  /** How often the link was stopped: a poll of before belongs to another session. */
  let stops = 0;
  /** @type {string[]} */
  let rooms = [];
  /** @type {Record<string, any>} */
  const running = {};

  /** @param {string} name @param {number} ms @param {() => void} call */
  function after(name, ms, call) {
    timers.clear(running[name]);
    running[name] = timers.set(() => {
      delete running[name];
      call();
    }, ms);
  }

  /** @param {string} name */
  function cancel(name) {
    timers.clear(running[name]);
    delete running[name];
  }

  /** @param {object} message */
  function send(message) {
    ref += 1;
    sentAt.set(String(ref), now());
    socket?.send(JSON.stringify({ v: 1, ref: String(ref), ...message }));
    if (!("answer" in running)) after("answer", ANSWER_TIMEOUT, () => retry());
  }

  /** Answers come in the order of their messages. @param {string | undefined} number */
  function heardAnswer(number) {
    if (number === undefined) return;
    answered = Math.max(answered, Number(number));
    if (answered >= ref) cancel("answer");
    else after("answer", ANSWER_TIMEOUT, () => retry());
  }

  async function hello(isStale = false) {
    const mine = generation;
    const text = await token(isStale).catch(() => undefined);
    if (mine !== generation || !socket) return;
    if (text === null) stop();
    else if (text === undefined) retry();
    else send({ type: "hello", token: text, rooms, known: known() });
  }

  function open() {
    cancel("retry");
    generation += 1;
    const mine = generation;
    isGreeted = false;
    isRetried = false;
    const opened = connect();
    socket = opened;
    after("connect", CONNECT_TIMEOUT, () => mine === generation && retry());
    opened.onopen = () => mine === generation && hello();
    opened.onmessage = ({ data }) => mine === generation && hear(parse(data));
    opened.onclose = () => mine === generation && retry();
    opened.onerror = () => {};
  }

  function drop() {
    generation += 1;
    const old = socket;
    socket = null;
    sentAt.clear();
    for (const name of ["connect", "answer", "ping", "sync", "hello"]) cancel(name);
    old?.close();
  }

  /** @param {number} [least] Milliseconds that the server asked to wait. */
  function retry(least = 0) {
    drop();
    if (!isRunning) return;
    failures += 1;
    if (failures >= ATTEMPTS_BEFORE_POLL && !("poll" in running)) ask();
    else if (failures < ATTEMPTS_BEFORE_POLL) onLink("connecting");
    after("retry", Math.max(least, backOff(failures, random(), isHidden())), open);
  }

  /** Polls once, and goes on until a socket is there. */
  function ask() {
    running.poll = null;
    const mine = stops;
    poll(rooms, known()).then(
      (frame) => {
        if (mine !== stops || !("poll" in running)) return;
        for (const event of frame.events ?? []) onEvent(event);
        onLink("poll");
        after("poll", frame.more ? 0 : POLL_EVERY, ask);
      },
      () => {
        if (mine !== stops || !("poll" in running)) return;
        onLink("off");
        after("poll", POLL_EVERY, ask);
      },
    );
  }

  /** @param {any} frame */
  function hear(frame) {
    const asked = sentAt.get(frame.ref);
    if (asked !== undefined && frame.serverTime) onTime(frame.serverTime, asked);
    sentAt.delete(frame.ref);
    heardAnswer(frame.ref);
    if (frame.bye) return part(frame.bye);
    if (frame.problem) return refused(frame.problem);
    for (const event of frame.events ?? []) onEvent(event);
    if (frame.pingSeconds) greeted(frame);
    if (frame.more) sync();
    watch();
  }

  /** @param {{ type: string }} problem */
  function refused(problem) {
    if (isGreeted || !problem.type.endsWith(":unauthorized")) return;
    // Another token once; then as after any failure.
    if (isRetried) return retry();
    isRetried = true;
    void hello(true);
  }

  /** @param {{ pingSeconds: string, expiresAt: string, serverTime: string }} frame */
  function greeted(frame) {
    pingSeconds = Number(frame.pingSeconds);
    if (!isGreeted) {
      isGreeted = true;
      failures = 0;
      cancel("connect");
      cancel("poll");
      onLink("live");
      after("sync", SYNC_EVERY, tick);
    }
    // By the server's own clock: ours may be wrong.
    const left = Date.parse(frame.expiresAt) - Date.parse(frame.serverTime) - HELLO_MARGIN;
    after("hello", Math.max(left, 1_000), () => hello());
  }

  function tick() {
    if (isOpen()) sync();
    after("sync", SYNC_EVERY, tick);
  }

  /** Pings after silence; the answer to a ping is due as any other. */
  function watch() {
    const silence = isHidden() ? pingSeconds * 1000 : Math.min(pingSeconds * 1000, PING_EVERY);
    after("ping", silence, () => send({ type: "ping" }));
  }

  /** @param {{ reason: string, retryAfterMs?: string }} bye */
  function part({ reason, retryAfterMs }) {
    const least = Number(retryAfterMs ?? 0);
    onBye(reason);
    if (reason === "blocked") return stop();
    if (reason === "token-expired" || reason === "role-lost") {
      drop();
      failures += 1;
      const wait = failures > 1 ? Math.max(least, backOff(failures, random(), isHidden())) : least;
      // A token that the server calls expired is not good, whatever our clock says.
      token(true)
        .catch(() => null)
        .then(() => isRunning && !socket && after("retry", wait, open));
      return;
    }
    // The newest sockets stay; one that is replaced polls, and does not replace another.
    if (reason === "replaced") {
      drop();
      if (!("poll" in running)) ask();
      return;
    }
    retry(least);
  }

  function sync() {
    if (isGreeted && socket) send({ type: "sync", known: known() });
  }

  function stop() {
    isRunning = false;
    stops += 1;
    drop();
    cancel("retry");
    cancel("poll");
  }

  return {
    start() {
      if (isRunning) return;
      isRunning = true;
      failures = 0;
      onLink("connecting");
      open();
    },
    stop,
    /** The page is visible or the network is back: catches up, at once. */
    wake() {
      if (!isRunning) return;
      if (socket && isGreeted) return sync();
      if ("retry" in running) open();
    },
    /** The network is gone: says so at once, instead of after the next silence. */
    lost() {
      if (!isRunning || "poll" in running) return;
      failures = ATTEMPTS_BEFORE_POLL;
      retry();
    },
    /** The rooms that the page wants to hear. @param {string[]} wanted */
    watch(wanted) {
      const left = rooms.filter((room) => !wanted.includes(room));
      const joined = wanted.filter((room) => !rooms.includes(room));
      rooms = wanted;
      if (!socket || !isGreeted) return;
      if (left.length) send({ type: "unsubscribe", rooms: left });
      if (joined.length) send({ type: "subscribe", rooms: joined });
    },
  };
}
