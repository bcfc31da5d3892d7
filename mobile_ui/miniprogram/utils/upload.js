// Choosing a picture or a file, and bringing it to the server byte for byte.

const { request } = require("./request");

const MOST = 10 * 1024 * 1024; // bytes, the limit of POST /v1/materials
const SIGNS = [
  { type: "image/jpeg", label: "JPEG", starts: [0xff, 0xd8, 0xff] },
  { type: "image/png", label: "PNG", starts: [0x89, 0x50, 0x4e, 0x47] },
  { type: "application/pdf", label: "PDF", starts: [0x25, 0x50, 0x44, 0x46] },
];

/** {path, name, size}; rejects when the person thought better of it. */
function choosePicture() {
  return new Promise((resolve, reject) => {
    wx.chooseMedia({
      count: 1, mediaType: ["image"], sizeType: ["original"], sourceType: ["album", "camera"],
      success: ({ tempFiles: [one] }) => resolve({ path: one.tempFilePath, size: one.size, name: one.name || lastPart(one.tempFilePath) }),
      fail: reject,
    });
  });
}

function chooseFile() {
  return new Promise((resolve, reject) => {
    wx.chooseMessageFile({
      count: 1, type: "file", extension: ["pdf", "jpg", "jpeg", "png"],
      success: ({ tempFiles: [one] }) => resolve({ path: one.path, size: one.size, name: one.name }),
      fail: reject,
    });
  });
}

const lastPart = (path) => path.split("/").pop();

function read(path) {
  return new Promise((resolve, reject) => {
    wx.getFileSystemManager().readFile({ filePath: path, success: ({ data }) => resolve(data), fail: reject });
  });
}

/** What the file's first bytes say it is, whatever its name; null for anything else. */
function kindOf(buffer) {
  const first = new Uint8Array(buffer.slice(0, 8));
  return SIGNS.find(({ starts }) => starts.every((byte, at) => first[at] === byte)) || null;
}

const labelOf = (type) => (SIGNS.find((sign) => sign.type === type) || { label: type }).label;

/** "too-big" or "wrong-kind" is thrown as {code}; else the material as the server keeps it. */
async function send({ path, name, size }, kind, { key, onProgress }) {
  if (size > MOST) throw { code: "too-big", name };
  const body = await read(path);
  const sign = kindOf(body);
  if (!sign) throw { code: "wrong-kind", name };
  const where = `/v1/materials?kind=${encodeURIComponent(kind)}`;
  return request(where, { method: "POST", body, type: sign.type, name, key, onProgress, signed: true });
}

/** 1536 is "1.5 KB". */
function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const [value, unit] = bytes < 1024 * 1024 ? [bytes / 1024, "KB"] : [bytes / 1024 / 1024, "MB"];
  return `${value < 10 ? value.toFixed(1).replace(/\.0$/, "") : Math.round(value)} ${unit}`;
}

module.exports = { choosePicture, chooseFile, read, send, sizeOf, labelOf, kindOf };
