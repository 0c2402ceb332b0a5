// The credentials in words: who is signed in, and until when. Does not use the DOM.

/** @import { Block } from "./markdown.js" */

/**
 * @typedef {{
 *   key: string, kind: string, blocks: Block[], fields: ("token" | "user" | "password")[], asks: boolean,
 *   set: boolean, user: string, expires_at_s: number | null, note: string, tone: string,
 * }} Scheme  a security scheme of the app's document and the credential for it; asks: the app itself issues the token, for
 *   user and password; note: about the last sign-in
 */

/**
 * @param {number} seconds
 * @returns {string} rounded down, in one unit
 */
function spanText(seconds) {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86400)} days`;
}

/**
 * @param {number | null} expiresAtS
 * @param {number} nowS  both in seconds since the epoch
 */
export function expiryText(expiresAtS, nowS) {
  if (expiresAtS === null) return "";
  const left = expiresAtS - nowS;
  return left > 0 ? `expires in ${spanText(left)}` : `expired ${spanText(-left)} ago`;
}

/**
 * @param {Scheme} scheme
 * @param {number} nowS
 */
export function isExpired(scheme, nowS) {
  return scheme.set && scheme.expires_at_s !== null && scheme.expires_at_s <= nowS;
}

/**
 * The chip: of several credentials the first, preferably one that names its user.
 * @param {Scheme[]} schemes
 * @param {number} nowS
 * @returns {{ name: string, note: string, tone: "" | "good" | "bad" | "busy" }}
 */
export function chipText(schemes, nowS) {
  if (schemes.some((one) => one.tone === "busy")) return { name: "Signing in", note: "", tone: "busy" };
  const set = schemes.filter((one) => one.set);
  const first = set.find((one) => one.user) ?? set[0];
  if (!first) return { name: "Not signed in", note: "", tone: "" };
  const others = set.length > 1 ? `+ ${set.length - 1}` : "";
  const note = [others, expiryText(first.expires_at_s, nowS)].filter(Boolean).join(", ");
  return { name: first.user || first.key, note, tone: isExpired(first, nowS) ? "bad" : "good" };
}

/**
 * The state of one credential.
 * @param {Scheme} scheme
 * @param {number} nowS
 */
export function stateText(scheme, nowS) {
  if (scheme.note) return scheme.note;
  if (!scheme.set) return "";
  const expiry = expiryText(scheme.expires_at_s, nowS);
  if (isExpired(scheme, nowS)) return `The token ${expiry}`;
  const who = scheme.user ? `Signed in as ${scheme.user}` : "Set";
  return expiry ? `${who}, ${expiry}` : who;
}
