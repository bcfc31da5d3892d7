// The resident's session on this device: two tokens, and the device's own random name.
//
// The access token (10 minutes) lives in memory only. The refresh token lies under a "session:"
// key: in a browser that is sessionStorage, gone with the tab; in WeChat it is the program's
// private storage. Where the browser has a device key both are bound to it. The device's name is
// random, says nothing, and stays. "remembered" is what a resident chose to leave here: the masked
// name to greet them by, and the id of the binding by which they come back without a new proof.

const line = require("./line");
const { newKey } = require("./once");

const REFRESH = "session:refresh";
const REMEMBERED = "remembered";
let access = null;
let refreshing = null;

const signedIn = () => Boolean(access || wx.getStorageSync(REFRESH));
const token = () => access;
const bound = () => (wx.getStorageSync(REFRESH) || {}).type === "DPoP";

function keep(answer) {
  const type = answer.token_type || "Bearer";
  access = { value: answer.access_token, type };
  wx.setStorageSync(REFRESH, { value: answer.refresh_token, type });
}

function forget() {
  access = null;
  wx.removeStorageSync(REFRESH);
}

function device() {
  let name = wx.getStorageSync("device");
  if (!name) {
    name = newKey();
    wx.setStorageSync("device", name);
  }
  return name;
}

/** One exchange however many ask at once: a second use of the same refresh token looks like theft. */
function refresh() {
  if (!refreshing) {
    refreshing = exchange();
    const over = () => { refreshing = null; };
    refreshing.then(over, over);
  }
  return refreshing;
}

/** A pair that was bound is shown with its key's proof, and only such a pair. */
async function exchange() {
  const kept = wx.getStorageSync(REFRESH);
  if (!kept) return false;
  const { statusCode, data } = await line.call("/v1/tokens", { method: "POST", data: { refresh_token: kept.value }, proving: bound() });
  if (statusCode >= 500 || statusCode === 429) throw data;
  if (statusCode === 200) keep(data);
  else forget();
  return statusCode === 200;
}

const remembered = () => wx.getStorageSync(REMEMBERED) || null;

/** ``who``: {id, name} of the binding, the name masked. */
const remember = (who) => wx.setStorageSync(REMEMBERED, who);

/** Leaves nothing here that could be used again; a key that brings nobody back is thrown away. */
async function leave({ forgetDevice = false } = {}) {
  forget();
  if (forgetDevice) wx.removeStorageSync(REMEMBERED);
  const key = line.deviceKey();
  if (key && !remembered()) await key.forget().catch(() => {});
}

module.exports = { signedIn, token, bound, keep, forget, device, refresh, remembered, remember, leave };
