// The fields of an act's dialog, and the faults of their values before they are sent.

import { compare, parseTyped } from "../../shared/money.js";

/**
 * @typedef {object} Field
 * @property {string} name As in the request; its label is the text `field.{name}`.
 * @property
 *   {"reason" | "text" | "amount" | "number" | "choice" | "moment" | "day" | "file" | "password" | "typed"} kind A file
 *   has the value of `fileValue`.
 * @property {string[]} [options] Of a choice, the first one is chosen at first.
 * @property {boolean} [isOptional]
 * @property {string} [hint] The key of a text.
 * @property {(values: Record<string, string>) => boolean} [isShown]
 */

/**
 * @typedef {object} Act
 * @property {import("../roles.js").Role[]} roles The roles whose requests the server takes.
 * @property {Field[]} fields
 * @property {"action" | "danger"} [kind] `danger`: it cannot be undone.
 * @property {(subject: Record<string, any>) => string} [typed] The text that must be typed before the act.
 * @property {(api: Api, subject: Record<string, any>, values: Record<string, string>,
 *   file: File | null) => Promise<any>} send `file`: the one that was chosen in the field of this kind.
 * @property {(answer: any, subject: Record<string, any>) => Record<string, any>} [result] Values of the text
 *   `act.{name}.done`; `text` is the name of another act whose text fits better.
 * @property {(answer: any, subject: Record<string, any>) => import("../types.d.ts").Report} [report] Of an act on
 *   several things; the dialog shows it if not all of them were done.
 * @property {boolean} [isEnd] The thing is gone afterwards, so that its own page leads back to its list.
 * @property {(answer: any) => string} [goTo] The address to show after the act.
 * @property {(answer: any) => { key: string, data: any } | null} [kept] What the views show of the answer, by its key.
 *
 * @typedef {ReturnType<typeof import("../../shared/api.js").createApi>} Api
 */

/** The most characters of a reason. */
export const REASON_MAX = 200;

/** The most bytes of a file. */
const FILE_MAX = 3 * 1024 * 1024;

/**
 * The value of a file in its form: its size and its name; empty without a file.
 * @param {Pick<File, "size" | "name"> | undefined} file
 */
export const fileValue = (file) => (file ? `${file.size} ${file.name}` : "");

/** @type {Field} */
export const REASON = { name: "reason", kind: "reason" };

/**
 * The fields that the dialog shows now.
 * @param {Act} act @param {import("../types.d.ts").Dialog} dialog @param {Record<string, string>} values
 * @returns {Field[]}
 */
export function fieldsOf(act, dialog, values) {
  const shown = act.fields.filter((field) => field.isShown?.(values) ?? true);
  return [
    ...shown,
    ...(act.typed ? [{ name: "typed", kind: /** @type {const} */ ("typed") }] : []),
    ...(dialog.needsPassword ? [{ name: "password", kind: /** @type {const} */ ("password") }] : []),
  ].map((field) => (field.kind === "typed" ? { ...field, options: [act.typed?.(dialog.subject) ?? ""] } : field));
}

/**
 * A value as it is sent: choices begin with their first option.
 * @param {Field} field @param {Record<string, string>} values
 */
export const valueOf = (field, values) =>
  (values[field.name] ?? (field.kind === "choice" ? (field.options?.[0] ?? "") : "")).trim();

/**
 * The first field that cannot be sent, and the code of its text `problem.{code}`.
 * @param {Field[]} fields @param {Record<string, string>} values
 */
export function faultOf(fields, values) {
  for (const field of fields) {
    const code = codeOf(field, valueOf(field, values));
    if (code) return { field: field.name, code };
  }
  return null;
}

/** @param {Field} field @param {string} value */
function codeOf(field, value) {
  if (value === "") return field.isOptional ? null : "field-missing";
  // The service refuses a reason that cannot be seen; so does this page, before it asks.
  if (field.kind === "reason" && !/[\p{L}\p{N}\p{P}\p{S}]/u.test(value)) return "field-missing";
  if (field.kind === "reason" && [...value].length > REASON_MAX) return "reason-long";
  if (field.kind === "typed" && value !== field.options?.[0]) return "typed-differs";
  if (field.kind === "file" && Number(value.split(" ", 1)[0]) > FILE_MAX) return "file-large";
  if (field.kind === "number" && !/^[1-9]\d{0,18}$/.test(value)) return "not-number";
  if (field.kind === "amount") {
    const amount = parseTyped(value);
    return amount === null || compare(amount, "0") <= 0 ? "not-amount" : null;
  }
  return null;
}

/**
 * The body of a request: each value under its name, without empty ones.
 * @param {Field[]} fields @param {Record<string, string>} values
 */
export function bodyOf(fields, values) {
  const shown = fields.filter((field) => field.isShown?.(values) ?? true);
  const filled = shown
    .map((field) => [field.name, sent(field, valueOf(field, values))])
    .filter(([, value]) => value !== "");
  return Object.fromEntries(filled);
}

/** @param {Field} field @param {string} value */
function sent(field, value) {
  if (value === "") return "";
  if (field.kind === "amount") return parseTyped(value) ?? value;
  return field.kind === "moment" ? new Date(value).toISOString() : value;
}
