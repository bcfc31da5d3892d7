// Every call of the API. Refusals arrive as the server's Problem Details, never as bare statuses.

const server = require("./server");
const session = require("./session");
const texts = require("./texts");
const { clock } = require("./format");

const TOKEN_FAULTS = ["token-expired", "token-invalid"];

/** Resolves with the answer's body; rejects with {status, code, title, detail, …}. */
async function request(path, { method = "GET", data, signed = false } = {}) {
  if (signed && !session.token() && session.signedIn()) await renewed();
  const first = await send(path, method, data, signed);
  if (signed && first.statusCode === 401 && TOKEN_FAULTS.includes(first.data.code) && (await renewed())) {
    return settled(await send(path, method, data, signed));
  }
  return settled(first);
}

async function renewed() {
  try {
    return await session.refresh();
  } catch (problem) {
    throw readable(problem && problem.code ? problem : null);
  }
}

function send(path, method, data, signed) {
  const header = { "Accept-Language": texts.locale() };
  if (signed && session.token()) header.Authorization = `Bearer ${session.token()}`;
  return new Promise((resolve, reject) => {
    wx.request({
      url: server.address + path, method, data, header,
      success: resolve,
      fail: () => reject(readable(null)),
    });
  });
}

function settled({ statusCode, data, header }) {
  if (statusCode < 300) return data;
  const problem = data && data.code ? { ...data } : { code: "unreadable" };
  problem.status = statusCode;
  if (statusCode === 401 && problem.code !== "step-up-needed") session.forget();
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
