// To the payment provider's cashier and back: the page that is left is opened again by its address.

const { request } = require("./request");

/** The payment of a subject, begun or gone on with; ``key``: the same for every new try. */
const begin = (subject, key) => request("/v1/payments", { method: "POST", data: { subject }, key, signed: true });

const joined = (url, name, value) => `${url}${url.includes("?") ? "&" : "?"}${name}=${encodeURIComponent(value)}`;

/** Leaves for the cashier; ``back``: the address of the page to return to, with the payment's number
 * where one is given. False where nothing is left to pay.
 */
function go({ number, cashier }, back) {
  if (!cashier) return false;
  const home = `${(wx.browserHost || {}).origin || ""}/#${number ? joined(back, "payment", number) : back}`;
  const url = joined(cashier.url, "redirect_url", home);
  if (wx.browserHost) wx.browserHost.leaveTo(url);
  else wx.navigateTo({ url });
  return true;
}

module.exports = { begin, go };
