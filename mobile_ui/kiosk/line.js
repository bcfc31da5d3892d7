// The kiosk as a client: who it is, its own token, and requests with a proof.

import { KioskKey } from "./key.js";
import { locale, say } from "./words.js";

const ENROLLED = "kiosk"; // the id of this client; nothing of a visitor is ever kept
const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const OUT = new Set(["invalid_client", "unauthorized_client", "kiosk-only"]);
const PASSING = new Set(["offline", "temporarily_unavailable", "server_error"]);
const OVER = ["session-ended", "token-expired"];

export class Problem extends Error {
  constructor(said, status = 0, headers = new Headers()) {
    super(said.code ?? said.error ?? "unknown");
    Object.assign(this, { status, headers, code: said.code ?? said.error ?? "unknown" });
    const words = OUT.has(this.code) ? "suspended" : "trouble";
    this.title = said.title ?? say(words);
    this.detail = said.detail ?? say(`${words}-detail`);
  }

  /** This kiosk is not let in any more, whatever its visitor does. */
  get out() { return OUT.has(this.code); }

  /** Something is away for a moment. */
  get passing() { return PASSING.has(this.code); }
}

let key = null;
let root = "";
let nonce = "";
let own = { token: "", until: 0 };

export const client = () => localStorage.getItem(ENROLLED) ?? "";

export async function start() {
  key = await KioskKey.own();
  root = (await plain("/v1/environment")).public_url;
}

/** Public routes. */
export const plain = (path, method = "GET", body = undefined) =>
  sent(path, { method, headers: said(body), body: body === undefined ? undefined : JSON.stringify(body) });

export async function enrol(code) {
  const made = await retried(async () => {
    const proof = await key.proof({ method: "POST", url: `${root}/v1/kiosks` });
    const body = { code, jwk: key.jwk };
    return sent("/v1/kiosks", { method: "POST", headers: { ...said(body), DPoP: proof }, body: JSON.stringify(body) });
  });
  localStorage.setItem(ENROLLED, made.client_id);
  return made;
}

export function forgetEnrolment() {
  localStorage.removeItem(ENROLLED);
  own = { token: "", until: 0 };
}

/** A form to an endpoint of the provider, as this kiosk. */
export function form(path, parameters) {
  return retried(async () => {
    const proof = await key.proof({ method: "POST", url: root + path, nonce });
    const whole = { ...parameters, client_assertion_type: ASSERTION, client_assertion: await key.assertion(client(), root) };
    return sent(path, { method: "POST", headers: { DPoP: proof }, body: new URLSearchParams(whole) });
  });
}

/** A file that a visit asks for, as bytes; ``once``: asked twice, it is the same one. */
export function file(path, body, token, once) {
  return retried(async () => {
    const proof = await key.proof({ method: "POST", url: root + path, token, nonce });
    const headers = { ...said(body), DPoP: proof, Authorization: `DPoP ${token}`, "Idempotency-Key": once };
    return sent(path, { method: "POST", headers, body: JSON.stringify(body) }, (answer) => answer.blob());
  });
}

/** A route with a bound token: a visit's, or the kiosk's own. */
export function ask(method, path, body, token = "") {
  return retried(async () => {
    const shown = token || (await ownToken());
    const proof = await key.proof({ method, url: root + path, token: shown, nonce });
    const headers = { ...said(body), DPoP: proof, Authorization: `DPoP ${shown}` };
    return sent(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  }, !token);
}

async function ownToken() {
  if (Date.now() < own.until) return own.token;
  const issued = await form("/oauth/token", { grant_type: "client_credentials", scope: "kiosk" });
  own = { token: issued.access_token, until: Date.now() + (issued.expires_in - 30) * 1000 };
  return own.token;
}

function said(body) {
  const headers = { "Accept-Language": locale() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  return headers;
}

/** Once more with the nonce, the time or the token that a refusal asks for. */
async function retried(act, byOwnToken = false) {
  for (let again = 0; ; again += 1) {
    try {
      return await act();
    } catch (problem) {
      if (again > 1 || !worthAgain(problem, byOwnToken)) throw problem;
    }
  }
}

function worthAgain(problem, byOwnToken) {
  if (["use_dpop_nonce", "dpop-nonce-needed"].includes(problem.code)) return true;
  if (byOwnToken && OVER.includes(problem.code) && own.token) {
    own = { token: "", until: 0 };
    return true;
  }
  const timed = ["invalid_dpop_proof", "dpop-proof-invalid", "invalid_client"].includes(problem.code);
  return timed && key.heed(problem.headers.get("date"));
}

async function sent(path, request, read = null) {
  let answer;
  try {
    answer = await fetch(path, { ...request, credentials: "omit", cache: "no-store" });
  } catch {
    throw new Problem({ code: "offline", title: say("offline"), detail: say("offline-detail") });
  }
  nonce = answer.headers.get("dpop-nonce") ?? nonce;
  if (answer.status === 204) return null;
  if (answer.ok && read) return read(answer);
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  throw new Problem(body, answer.status, answer.headers);
}
