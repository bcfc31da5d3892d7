// The resident's session on this device: two tokens, and the device's own random name.
//
// The access token (10 minutes) lives in memory only. The refresh token lies under a "session:"
// key: in a browser that is sessionStorage, gone with the tab, because it is not yet bound to a
// key of the device and whoever copies it could use it; in WeChat it is the program's private
// storage. The device's name is random, says nothing, and stays.

const server = require("./server");

const REFRESH = "session:refresh";
let access = "";
let refreshing = null;

const signedIn = () => Boolean(access || wx.getStorageSync(REFRESH));
const token = () => access;

function keep(answer) {
  access = answer.access_token;
  wx.setStorageSync(REFRESH, answer.refresh_token);
}

function forget() {
  access = "";
  wx.removeStorageSync(REFRESH);
}

function device() {
  let name = wx.getStorageSync("device");
  if (!name) {
    name = randomName();
    wx.setStorageSync("device", name);
  }
  return name;
}

function randomName() {
  if (typeof crypto !== "undefined" && crypto.getRandomValues) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }
  return Array.from({ length: 32 }, () => Math.floor(Math.random() * 16).toString(16)).join("");
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

function exchange() {
  const kept = wx.getStorageSync(REFRESH);
  if (!kept) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    wx.request({
      url: `${server.address}/v1/tokens`,
      method: "POST",
      data: { refresh_token: kept },
      success: ({ statusCode, data }) => {
        if (statusCode === 200) keep(data);
        else if (statusCode < 500 && statusCode !== 429) forget();
        if (statusCode >= 500 || statusCode === 429) reject(data);
        else resolve(statusCode === 200);
      },
      fail: reject,
    });
  });
}

module.exports = { signedIn, token, keep, forget, device, refresh };
