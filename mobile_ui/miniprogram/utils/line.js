// One call over the wire. Where the host keeps a device key, its proof goes along (RFC 9449).

const server = require("./server");

const deviceKey = () => (wx.browserHost || {}).deviceKey || null;
const REFUSED_PROOF = "dpop-proof-invalid";
let root = null;

/**
 * Resolves with {statusCode, data, header} whatever the status; rejects when there is no line.
 * ``token``: {value, type} of who asks; ``proving``: tokens come back, to be bound to the key.
 * A refused proof comes with the server's time, in case the clock here is wrong: one more try.
 */
async function call(path, options) {
  const first = await once(path, options);
  const key = deviceKey();
  if (!key || first.statusCode !== 401 || (first.data || {}).code !== REFUSED_PROOF) return first;
  key.heed((first.header || {}).date);
  return once(path, options);
}

async function once(path, { method = "GET", data, header = {}, token = null, proving = false, cookies = false, onProgress, binary = false }) {
  const who = await shown(path, method, token, proving);
  return send(path, method, data, { ...header, ...who }, cookies, onProgress, binary);
}

/** ``onProgress`` is this host's own: WeChat says nothing of how much is sent. */
function send(path, method, data, header, withCredentials = false, onProgress = undefined, binary = false) {
  return new Promise((resolve, reject) => {
    wx.request({ url: server.address + path, method, data, header, withCredentials, onProgress, ...(binary ? { responseType: "arraybuffer" } : {}), success: resolve, fail: reject });
  });
}

async function shown(path, method, token, proving) {
  const made = token ? { Authorization: `${token.type} ${token.value}` } : {};
  const key = deviceKey();
  if (!key || !(proving || (token && token.type === "DPoP"))) return made;
  const proof = await key.proof({ method, url: (await address()) + path, token: token ? token.value : "" });
  return proof ? { ...made, DPoP: proof } : made;
}

/** What the server calls itself: proofs are signed for that, by whatever name it was reached. */
function address() {
  if (!root) {
    root = send("/v1/environment", "GET", undefined, {}).then(
      ({ data }) => (data || {}).public_url || wx.browserHost.origin,
      (reason) => { root = null; throw reason; },
    );
  }
  return root;
}

module.exports = { call, deviceKey };
