// The verdict on a presentation, with public keys alone (WebCrypto): the rules of the command
// services/licences/verify, for a browser. RFC 9901 (SD-JWT, key binding), the SD-JWT VC and Token
// Status List drafts.

import { keysOf } from "./carried.js";

export const GOOD_FOR = 60; // seconds that a presentation counts
const SKEW = 10; // seconds that two clocks may differ
const LONGEST = 2900; // bytes
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };
const NOT_FACTS = ["iss", "vct", "iat", "nbf", "exp", "cnf", "status", "aud", "sub", "jti", "_sd", "_sd_alg"];
const STATES = { 0: "valid", 2: "suspended" };
const LARGEST_LIST = 1 << 20; // bytes unpacked

class NotGood extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/** {word: good | unsure | refused, why, issuer, kind, facts, statusAt}; never rejects. ``isNew`` says
 * whether a code was not seen here before, and remembers it. */
export async function judge(text, bag, isNew, now = Date.now()) {
  try {
    const shown = await genuine(text, bag, now);
    if (!(await isNew(shown.nonce, now))) throw new NotGood("seen");
    return await inForce(shown, bag, now);
  } catch (fault) {
    return { word: "refused", why: fault instanceof NotGood ? fault.why : "unreadable" };
  }
}

async function genuine(text, bag, now) {
  const presented = text.trim().split("#").at(-1);
  if (presented.length > LONGEST) throw new NotGood("unreadable");
  const parts = presented.split("~");
  const binding = parts.at(-1);
  const credential = presented.slice(0, presented.length - binding.length);
  const [head, claims, bound] = [part(parts[0], 0), part(parts[0], 1), part(binding, 1)];
  if (head.typ !== "dc+sd-jwt" || !named(bound.nonce) || typeof bound.iat !== "number") throw new NotGood("unreadable");
  const key = keysOf(bag, claims.iss, now).find((one) => one.kid === head.kid);
  if (!key) throw new NotGood("issuer-unknown");
  if (now / 1000 - bound.iat > GOOD_FOR + SKEW) throw new NotGood("late");
  if (!(await signed(parts[0], key)) || !(await holds(binding, credential, claims, now))) throw new NotGood("forged");
  if (!(claims.exp > now / 1000 - SKEW)) throw new NotGood("expired");
  const facts = await disclosed(claims, parts.slice(1, -1));
  return { issuer: claims.iss, kind: claims.vct, facts, nonce: bound.nonce, status: claims.status.status_list, madeAt: bound.iat * 1000 };
}

/** The key binding: by the holder's key, over exactly this, for the issuer's house, just now. */
async function holds(binding, credential, claims, now) {
  const said = part(binding, 1);
  const digest = await sha256(credential);
  return part(binding, 0).typ === "kb+jwt"
    && said.sd_hash === digest
    && said.aud === claims.iss.split("/issuers/")[0]
    && said.iat <= now / 1000 + SKEW
    && signed(binding, claims.cnf.jwk);
}

/** The facts that were shown; each must be one whose digest the issuer signed, and stand once. */
async function disclosed(claims, parts) {
  const facts = Object.fromEntries(Object.entries(claims).filter(([name]) => !NOT_FACTS.includes(name)));
  const digests = new Set(claims._sd ?? []);
  if ((claims._sd_alg ?? "sha-256") !== "sha-256") throw new NotGood("unreadable");
  for (const one of parts) {
    const [, name, value] = json(one);
    if (!digests.delete(await sha256(one)) || NOT_FACTS.includes(name) || Object.hasOwn(facts, name)) throw new NotGood("forged");
    facts[name] = value;
  }
  return facts;
}

async function inForce(shown, bag, now) {
  const list = await statusList(shown, bag);
  const state = list ? STATES[value(list, shown.status.idx)] ?? "revoked" : null;
  if (state && state !== "valid") throw new NotGood(state);
  const fresh = list && now < list.ends;
  const why = fresh ? "" : list ? "status-stale" : "status-missing";
  return { ...shown, word: fresh ? "good" : "unsure", why, statusAt: list ? list.at : null };
}

/** The list at hand, if the licence's own issuer signed it for this address. */
async function statusList({ issuer, status }, bag) {
  const token = bag.lists[status.uri];
  if (!token) return null;
  const [head, claims] = [part(token, 0), part(token, 1)];
  if (head.typ !== "statuslist+jwt" || claims.sub !== status.uri) return null;
  for (const key of keysOf(bag, issuer, Date.now())) {
    if (key.kid === head.kid && (await signed(token, key))) {
      const { bits, lst } = claims.status_list;
      return { bits, packed: await inflated(bytes(lst)), at: claims.iat * 1000, ends: claims.exp * 1000 };
    }
  }
  return null;
}

/** LSB first, ``bits`` a place. */
function value({ bits, packed }, place) {
  const each = 8 / bits;
  const byte = packed[Math.floor(place / each)];
  if (!Number.isInteger(place) || place < 0 || byte === undefined) throw new NotGood("unreadable");
  return (byte >> ((place % each) * bits)) & ((1 << bits) - 1);
}

async function inflated(packed) {
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const parts = [];
  for (let size = 0; ;) {
    const { done, value: chunk } = await reader.read();
    if (done) return new Uint8Array(await new Blob(parts).arrayBuffer());
    parts.push(chunk);
    size += chunk.length;
    if (size > LARGEST_LIST) throw new NotGood("unreadable");
  }
}

/** ES256 (RFC 7518 §3.4) by this key, which is read as P-256 and as nothing else. */
async function signed(jws, { x, y }) {
  const end = jws.lastIndexOf(".");
  const head = part(jws, 0);
  if (head.alg !== "ES256" || "crit" in head) return false; // what must be understood, and is not here
  const key = await crypto.subtle.importKey("jwk", { kty: "EC", crv: "P-256", x, y }, CURVE, false, ["verify"]).catch(() => null);
  return key !== null && crypto.subtle.verify(SIGNATURE, key, bytes(jws.slice(end + 1)), new TextEncoder().encode(jws.slice(0, end)));
}

export async function sha256(text) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...digest)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const named = (code) => typeof code === "string" && code !== "";
const part = (jws, place) => json(jws.split(".")[place]);
const json = (encoded) => JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes(encoded)));

function bytes(encoded) {
  if (!/^[A-Za-z0-9_-]+$/.test(encoded)) throw new NotGood("unreadable");
  return Uint8Array.from(atob(encoded.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
}
