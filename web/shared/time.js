// Times as people read them. Moments are RFC 3339 texts, as the API writes them.

/**
 * A moment with its day, unless that is today.
 * @param {string} at @param {Date} now @param {boolean} [hasSeconds] Today, to the second.
 */
export function moment(at, now, locale = "en", hasSeconds = true) {
  const date = new Date(at);
  const isToday = date.toDateString() === now.toDateString();
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  const second = hasSeconds ? "2-digit" : undefined;
  return isToday
    ? date.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", second, hourCycle: "h23" })
    : date.toLocaleString(locale, {
        day: "numeric",
        month: "short",
        year,
        hour: "2-digit",
        minute: "2-digit",
        hourCycle: "h23",
      });
}

/** @param {string} at */
export const day = (at, locale = "en-GB") =>
  new Date(at).toLocaleDateString(locale, { day: "numeric", month: "long", year: "numeric" });

/** @param {string} at */
export const clockTime = (at, locale = "en") =>
  new Date(at).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** Seconds until a moment, rounded up; never negative. @param {string} at @param {number} now Milliseconds */
export const secondsUntil = (at, now) => Math.max(0, Math.ceil((Date.parse(at) - now) / 1000));

/** As "0:42", "12:05" or "3:05:00". @param {number} seconds */
export function countdown(seconds) {
  const two = (/** @type {number} */ part) => String(part).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
