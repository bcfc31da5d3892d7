// Passkeys: binding one, and proving freshness with it. Browsers only.

const { request } = require("./request");
const session = require("./session");
const texts = require("./texts");

const browser = () => (wx.browserHost || {}).passkeys || null;
const possible = () => Boolean(browser());

/** A passkey belongs to one address; a browser at another refuses without a word. */
function checkPlace({ origin }) {
  const t = texts.of("own")["passkey-elsewhere"];
  if (!origin || origin === wx.browserHost.origin) return;
  throw { status: 0, code: "passkey-elsewhere", title: t.title, detail: texts.fill(t.detail, { origin }), icon: "fingerprint" };
}

/** Asks the person's device; "no" and "too late" are no problems of ours, so they say so mildly. */
async function asked(how, options) {
  checkPlace(options);
  try {
    return await browser()[how](options);
  } catch {
    throw { status: 0, code: "passkey-declined" };
  }
}

async function bind() {
  const options = await request("/v1/me/passkeys/options", { method: "POST", data: {}, signed: true });
  const credential = await asked("create", options);
  return request("/v1/me/passkeys", { method: "POST", data: { credential }, signed: true });
}

/** Raises the session there is. */
async function prove() {
  const options = await request("/v1/me/proofs/passkey/options", { method: "POST", data: {}, signed: true });
  const credential = await asked("get", options);
  session.keep(await request("/v1/me/proofs/passkey", { method: "POST", data: { credential }, signed: true, proving: true }));
}

module.exports = { possible, bind, prove };
