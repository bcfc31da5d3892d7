// Where somebody looks for services: a region of the tree, or everywhere. It stays on the device.

const KEPT = "region";

/** {code, title} or null. */
const current = () => wx.getStorageSync(KEPT) || null;
const code = () => (current() || { code: "" }).code;

function keep(region) {
  if (region) wx.setStorageSync(KEPT, { code: region.code, title: region.title });
  else wx.removeStorageSync(KEPT);
}

module.exports = { current, code, keep };
