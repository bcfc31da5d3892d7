// Leads to verification and back again to where the resident was going.

/** ``back``: the address of the page to return to, "" for none; ``ways``: the only ones that do;
 * ``join``: it is another document of one's own, whose record is to become this one.
 */
function verify(back, ways = [], join = "") {
  const asked = [["back", back], ["ways", ways.join(",")], ["join", join]].filter(([, value]) => value);
  const query = asked.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  getApp().globalData.below = back || "";
  wx.navigateTo({ url: `/pages/verify/verify${query ? `?${query}` : ""}` });
}

/** Back to the page that is still open below, else to its address; without one, home. */
function goOn(back) {
  const { globalData } = getApp();
  const below = globalData.below;
  globalData.below = "";
  if (back && below === back) wx.navigateBack({ delta: 1 });
  else if (back) wx.redirectTo({ url: back });
  else wx.switchTab({ url: "/pages/home/home" });
}

const service = (id) => `/pages/service/service?id=${encodeURIComponent(id)}`;

/** Whether a problem is solved by proving who one is. */
const needsIdentity = (problem) => Boolean(problem) && problem.status === 401;

module.exports = { verify, goOn, service, needsIdentity };
