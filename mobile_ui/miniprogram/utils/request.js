// Every call of the API. Refusals arrive as the server's Problem Details, never as bare statuses.

const line = require("./line");
const session = require("./session");
const texts = require("./texts");
const { clock } = require("./format");

const TOKEN_FAULTS = ["token-expired", "token-invalid"];
const ABOUT_PROOF = ["step-up-needed"]; // a 401 that ends nothing

/**
 * Resolves with the answer's body; rejects with {status, code, title, detail, …}.
 * ``signed``: with the session's token; ``proving``: tokens come back (bound to the device key);
 * ``cookies``: the browser may keep what the answer sets; ``as``: another token, {value, type},
 * that somebody acts by; ``key``: what makes a second try the same one (Idempotency-Key);
 * ``body``, ``type``, ``name``: a file's bytes as they are, its media type and its own name
 * (RFC 6266); ``onProgress``: told how much of them is sent; ``binary``: the answer is a file's bytes.
 */
async function request(path, { method = "GET", data, signed = false, proving = false, cookies = false, as = null, accept = "", key = "", body, type, name, onProgress, binary = false } = {}) {
  if (signed && !as && !session.token() && session.signedIn()) await renewed();
  const header = { "Accept-Language": texts.locale() };
  if (accept) header.Accept = accept;
  if (key) header["Idempotency-Key"] = key;
  if (body) Object.assign(header, { "content-type": type, "content-disposition": named(name) });
  const send = () => sent(path, { method, data: body || data, onProgress, binary, header, proving, cookies, token: as || (signed ? session.token() : null) });
  const first = await send();
  if (signed && !as && first.statusCode === 401 && TOKEN_FAULTS.includes(first.data.code) && (await renewed())) {
    return settled(await send(), as);
  }
  return settled(first, as);
}

/** RFC 8187: what encodeURIComponent leaves as it is, but the value may not hold, is encoded too. */
const named = (name) => `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)}`;

async function renewed() {
  try {
    return await session.refresh();
  } catch (problem) {
    throw readable(problem && problem.code ? problem : null);
  }
}

async function sent(path, options) {
  try {
    return await line.call(path, options);
  } catch {
    throw readable(null);
  }
}

function settled({ statusCode, data, header }, as) {
  if (statusCode < 300) return data;
  const problem = data && data.code ? { ...data } : { code: "unreadable" };
  problem.status = statusCode;
  if (statusCode === 401 && !as && !ABOUT_PROOF.includes(problem.code)) session.forget();
  const seconds = problem.retry_after || Number((header || {})["retry-after"]) || 0;
  throw readable({ ...problem, retry_after: seconds });
}

/** A problem as a person may read it; without one from the server, that the line is broken. */
function readable(problem) {
  const t = texts.of("problems");
  if (!problem) return { status: 0, code: "offline", title: t.offlineTitle, detail: t.offlineDetail, icon: "wifi-off" };
  return {
    ...problem,
    title: problem.title || t.otherTitle,
    detail: problem.detail || t.otherDetail,
    when: problem.retry_after > 30 ? texts.fill(t.comeBack, { time: clock(problem.retry_after) }) : "",
    reference: problem.status >= 500 && problem.instance ? problem.instance.replace("urn:request:", "# ") : "",
    icon: icon(problem),
  };
}

function icon({ status, retry_after: seconds }) {
  if (status === 401) return "shield-lock";
  if (status === 429 || (status === 503 && seconds > 30)) return "clock";
  return "alert-circle";
}

module.exports = { request };
