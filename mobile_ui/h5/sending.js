// WeChat's wx.request on a browser's own means.

const JSON_KIND = /[/+]json/;
const read = (kind, text) => (JSON_KIND.test(kind ?? "") && text ? JSON.parse(text) : text);

/** By fetch; bytes whose way somebody wants to watch go by XMLHttpRequest, which alone tells it. */
export async function request(options) {
  const { success, fail, complete } = options;
  let failed;
  try {
    success?.(await (options.onProgress ? watched(options) : plain(options)));
  } catch (error) {
    failed = { errMsg: `request:fail ${error.name}` };
    fail?.(failed);
  }
  complete?.(failed ?? {});
}

async function plain({ url, method = "GET", data, header = {}, timeout = 60000, withCredentials = false, responseType = "text" }) {
  const signal = AbortSignal.timeout ? AbortSignal.timeout(timeout) : undefined;
  const bytes = data instanceof ArrayBuffer;
  const body = data === undefined || bytes ? data : JSON.stringify(data);
  const headers = body && !bytes ? { "content-type": "application/json", ...header } : header;
  const answer = await fetch(url, { method, headers, body, signal, credentials: withCredentials ? "same-origin" : "omit" });
  const heard = { statusCode: answer.status, header: Object.fromEntries(answer.headers) };
  if (responseType === "arraybuffer" && answer.ok) return { ...heard, data: await answer.arrayBuffer() };
  return { ...heard, data: read(answer.headers.get("content-type"), await answer.text()) };
}

function watched({ url, method, data, header = {}, timeout = 300000, onProgress }) {
  return new Promise((resolve, reject) => {
    const line = new XMLHttpRequest();
    line.open(method, url);
    line.timeout = timeout;
    for (const [name, value] of Object.entries(header)) line.setRequestHeader(name, value);
    line.upload.onprogress = ({ loaded, total }) => onProgress({ progress: Math.floor((loaded / Math.max(1, total)) * 100) });
    line.onload = () => {
      const lines = line.getAllResponseHeaders().trim().split(/[\r\n]+/);
      const heard = Object.fromEntries(lines.map((one) => one.split(/:\s*(.*)/s)));
      resolve({ statusCode: line.status, data: read(heard["content-type"], line.responseText), header: heard });
    };
    line.onerror = () => reject(new TypeError("the line broke"));
    line.ontimeout = () => reject(new DOMException("too long", "TimeoutError"));
    line.send(data);
  });
}
