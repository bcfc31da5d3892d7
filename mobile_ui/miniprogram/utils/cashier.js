// To the payment provider's cashier and back: the page that is left is opened again by its address.

const { request } = require("./request");

/** The payment of a subject, begun or gone on with; ``key``: the same for every new try. */
const begin = (subject, key) => request("/v1/payments", { method: "POST", data: { subject }, key, signed: true });

/** Leaves for the cashier; ``back``: the address of the page to return to, to which the payment's
 * number is added. False where nothing is left to pay.
 */
function go({ number, cashier }, back) {
  if (!cashier) return false;
  const home = `${(wx.browserHost || {}).origin || ""}/#${back}${back.includes("?") ? "&" : "?"}payment=${encodeURIComponent(number)}`;
  const url = `${cashier.url}${cashier.url.includes("?") ? "&" : "?"}redirect_url=${encodeURIComponent(home)}`;
  if (wx.browserHost) wx.browserHost.leaveTo(url);
  else wx.navigateTo({ url });
  return true;
}

module.exports = { begin, go };
