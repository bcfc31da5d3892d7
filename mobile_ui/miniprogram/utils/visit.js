// Leads to verification and back again to where the resident was going.

/** ``back``: the address of the page to return to, "" for none. */
function verify(back) {
  wx.navigateTo({ url: `/pages/verify/verify${back ? `?back=${encodeURIComponent(back)}` : ""}` });
}

const service = (id) => `/pages/service/service?id=${encodeURIComponent(id)}`;

/** Whether a problem is solved by proving who one is. */
const needsIdentity = (problem) => Boolean(problem) && problem.status === 401;

module.exports = { verify, service, needsIdentity };
