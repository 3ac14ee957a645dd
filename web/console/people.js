// The names of people. Answers have numbers of 16 digits, which say little to a reader; names are read for all of them.

import { Refused } from "../shared/api.js";

/** @typedef {import("./types.d.ts").State} State */

/** The fields of answers that are the number of a person. */
const NUMBERS = new Set(["userId", "by", "actor", "proposedBy", "referrerId", "keptFor"]);
/** The most numbers of a request. */
const NAMES_MAX = 100;

/** The numbers of people in an answer. @param {unknown} data @param {Set<string>} [found] @returns {Set<string>} */
export function numbersIn(data, found = new Set()) {
  if (data === null || typeof data !== "object") return found;
  for (const [name, value] of Object.entries(data)) {
    if (NUMBERS.has(name) && typeof value === "string" && /^[1-9]\d*$/.test(value)) found.add(value);
    else numbersIn(value, found);
  }
  return found;
}

/**
 * @param {{ api: ReturnType<typeof import("../shared/api.js").createApi>, get: () => State,
 *   dispatch: (event: import("./types.d.ts").Event) => void }} parts
 */
export function createPeople({ api, get, dispatch }) {
  /** Numbers that are to be asked for, or are under way. @type {Set<string>} */
  const wanted = new Set();

  const reader = () => get().session.user?.userId;

  /** @param {string | undefined} asker Names are for the session that wants them. */
  async function ask(asker) {
    const numbers = [...wanted].slice(0, NAMES_MAX);
    try {
      const { data } = await api.get(`/api/operator/names?${new URLSearchParams({ users: numbers.join(",") })}`);
      const names = Object.fromEntries(numbers.map((number) => [number, null]));
      for (const { userId, userName } of data) names[userId] = userName;
      if (reader() === asker) dispatch({ type: "people", names });
    } catch (error) {
      // Numbers are shown without names until a later answer has them again.
      if (!(error instanceof Refused)) throw error;
    } finally {
      for (const number of numbers) wanted.delete(number);
    }
    if (wanted.size > 0) await ask(asker);
  }

  return {
    /** Reads the names of the people in an answer that are not known. @param {unknown} data */
    learn(data) {
      const isIdle = wanted.size === 0;
      for (const number of numbersIn(data)) if (!(number in get().people)) wanted.add(number);
      // Answers of the same moment share a request.
      const asker = reader();
      if (isIdle && wanted.size > 0) queueMicrotask(() => void ask(asker));
    },
  };
}

/** A person in a sentence: the name and the number. @param {State} state @param {string} userId */
export const personName = ({ people }, userId) => (people[userId] ? `${people[userId]} (${userId})` : userId);

/** A subject as the texts of an act name it. @param {State} state @param {Record<string, any>} subject */
export const subjectWords = (state, subject) =>
  subject.userId ? { ...subject, userId: personName(state, subject.userId) } : subject;
