// Bars of a series of months as an SVG picture, which browsers and WeChat both show.
// Its words stand in title and desc; the table below it holds the same figures.

const texts = require("./texts");
const { number } = require("./format");

const WIDE = 686;
const HIGH = 300;
const FLOOR = 250;
const TOP = 24;
const LEFT = 92;
const LATEST = 24; // bars a phone can still tell apart
const STYLE = "text{font:22px -apple-system,'PingFang SC','Noto Sans CJK SC',sans-serif;fill:#4f5e5b}.g{stroke:#dfe8e6}.b0{fill:#0f7d7a}.b1{fill:#d9a24b}.b2{fill:#b2553f}.b3{fill:#5d7fa6}@media(prefers-color-scheme:dark){text{fill:#aab8b5}.g{stroke:#31403d}.b0{fill:#5cbdb7}.b1{fill:#e0b566}.b2{fill:#e08a75}.b3{fill:#8fb0d4}}";

const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** The smallest round number (1 to 8 times a power of ten) not below ``value``. */
function roundUp(value) {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value);
}

function bars(lines, top) {
  const count = lines[0].values.length;
  const slot = (WIDE - LEFT) / count;
  const width = Math.min(slot * 0.62, 44);
  return Array.from({ length: count }, (_, at) => {
    let floor = FLOOR;
    return lines.map((line, kind) => {
      const height = (line.values[at] / top) * (FLOOR - TOP);
      floor -= height;
      const x = LEFT + at * slot + (slot - width) / 2;
      return `<rect class="b${kind % 4}" x="${x.toFixed(1)}" y="${floor.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" rx="${Math.min(4, width / 4).toFixed(1)}"/>`;
    }).join("");
  }).join("");
}

function grid(top, money) {
  return [0, 0.5, 1].map((part) => {
    const y = FLOOR - part * (FLOOR - TOP);
    const value = (top * part) / (money ? 100 : 1);
    const label = value >= 10000 ? `${number(value / 1000)}k` : number(Math.round(value * 100) / 100);
    return `<line class="g" x1="${LEFT}" x2="${WIDE}" y1="${y}" y2="${y}"/><text x="${LEFT - 12}" y="${y + 7}" text-anchor="end">${label}</text>`;
  }).join("");
}

function ends(x) {
  const anchors = [[LEFT, "start", x[0]], [WIDE, "end", x[x.length - 1]]];
  return anchors.map(([at, anchor, label]) => `<text x="${at}" y="${HIGH - 14}" text-anchor="${anchor}">${escaped(label)}</text>`).join("");
}

/** {source, label, legend} of a series from schema.js; null when there is none. */
function chart(series) {
  if (!series) return null;
  const t = texts.of("answer");
  const x = series.x.slice(-LATEST);
  const lines = series.lines.map((line) => ({ ...line, values: line.values.slice(-LATEST) }));
  const totals = x.map((_, at) => lines.reduce((sum, line) => sum + line.values[at], 0));
  const { say } = lines[0];
  const title = texts.fill(t.chart, { title: series.title, names: lines.map((line) => line.name).join("、") });
  const detail = texts.fill(t.chartDetail, { from: x[0], to: x[x.length - 1], low: say(Math.min(...totals)), high: say(Math.max(...totals)) });
  const top = roundUp(Math.max(...totals));
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDE} ${HIGH}" role="img"><title>${escaped(title)}</title><desc>${escaped(detail)}</desc><style>${STYLE}</style>${grid(top, /¥/.test(say(0)))}${bars(lines, top)}${ends(x)}</svg>`;
  const legend = lines.map((line, kind) => ({ name: line.name, kind: kind % 4 }));
  return { source: `data:image/svg+xml,${encodeURIComponent(svg)}`, label: `${title}。${detail}`, legend };
}

module.exports = { chart, roundUp };
