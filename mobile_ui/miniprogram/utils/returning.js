// Coming back without a new proof: by the key of this browser, or by WeChat's login code.

const { request } = require("./request");
const session = require("./session");

/** Whether there is anything to be remembered by: a bound key, or WeChat. */
const possible = () => (wx.browserHost ? session.bound() : Boolean(wx.login));

/** WeChat's one-time code; only our server can exchange it. */
function wechatCode() {
  return new Promise((resolve, reject) => {
    wx.login({ success: ({ code }) => resolve(code), fail: () => reject(new Error("no code")) });
  });
}

/** Lets the resident, who is signed in, come back here; ``name`` is masked already. */
async function stay(name) {
  const data = wx.browserHost ? {} : { wechat_code: await wechatCode() };
  const bound = await request("/v1/me/devices", { method: "POST", data, signed: true });
  session.remember({ id: bound.id, name });
}

/** Signs in as before, at level 3 at most. What no longer holds is forgotten here too. */
async function comeBack() {
  const how = wx.browserHost ? { way: "device" } : { way: "wechat", code: await wechatCode() };
  try {
    session.keep(await request("/v1/sessions", { method: "POST", data: { ...how, device: session.device() }, proving: true }));
  } catch (problem) {
    if (problem.status >= 400 && problem.status < 500 && problem.status !== 429) await session.leave({ forgetDevice: true });
    throw problem;
  }
}

/** Ends this session; with ``forgetDevice`` the way back too. Never leaves tokens behind. */
async function signOut(forgetDevice) {
  try {
    await request(`/v1/me/sessions/current${forgetDevice ? "?forget=true" : ""}`, { method: "DELETE", signed: true });
  } catch (problem) {
    if (problem.status !== 401 && problem.status !== 404) throw problem;
  }
  await session.leave({ forgetDevice });
}

module.exports = { possible, stay, comeBack, signOut };
