// Passkeys: binding one, and proving freshness with it. Browsers only.

const { request } = require("./request");
const session = require("./session");

const browser = () => (wx.browserHost || {}).passkeys || null;
const possible = () => Boolean(browser());

/** Asks the person's device; "no" and "too late" are no problems of ours, so they say so mildly. */
async function asked(how, options) {
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
