// What an item of the catalogue says of itself (GB/T 39554.1), as rows to read.

const { money } = require("./format");
const texts = require("./texts");

const days = (n, t) => (n ? texts.fill(t.days, { n }) : t.atOnce);

/** [{id, name, value}] of an item as GET /v1/services/{id} gives it; what is not said is left out. */
function facts(service) {
  const t = texts.of("item");
  const { item } = service;
  const rows = [
    ["promised", t.promised, days(item.promised_days, t)],
    ["statutory", t.statutory, days(item.statutory_days, t)],
    ["fee", t.fee, item.fee.fen ? [money(item.fee.fen), item.fee.basis].filter(Boolean).join(" · ") : t.free],
    ["visits", t.visits, item.visits ? texts.fill(t.visitsSome, { n: item.visits }) : t.visitsNone],
    ["department", t.department, service.department.title],
    ["place", t.place, item.place],
    ["hours", t.hours, item.hours],
    ["phone", t.phone, item.phone],
    ["channels", t.channels, (item.channels || []).map((one) => t.channel[one] || one).join("、")],
    ["range", t.range, t.ranges[item.range]],
    ["type", t.type, t.types[item.type]],
    ["code", t.code, item.code],
  ];
  return rows.filter(([, , value]) => value).map(([id, name, value]) => ({ id, name, value }));
}

/** Materials with where each comes from, in words. */
function materials(list) {
  const t = texts.of("item");
  const from = (sources) => (sources[0] === "department" ? t.held : sources[0] === "earlier" ? t.earlier : t.upload);
  return (list || []).map((one) => ({ ...one, from: from(one.sources), held: one.sources[0] === "department" }));
}

/** Steps in the order they happen: those that begin together in one stage. */
function stages(steps) {
  const t = texts.of("item");
  const depth = {};
  for (const step of steps || []) {
    const before = step.then ? (steps || []).filter((one) => !one.then).map((one) => one.name) : [];
    depth[step.name] = Math.max(-1, ...[...(step.after || []), ...before].map((name) => name in depth ? depth[name] : -1)) + 1;
  }
  const levels = [...new Set(Object.values(depth))].sort((a, b) => a - b);
  return levels.map((level) => {
    const here = steps.filter((step) => depth[step.name] === level);
    const told = here.map((step) => ({ name: step.name, title: step.title, department: step.department.title, days: step.days ? texts.fill(t.stepDays, { n: step.days }) : "" }));
    return { id: level, steps: told, parallel: here.length > 1 ? texts.fill(t.parallel, { n: here.length }) : "" };
  });
}

module.exports = { facts, materials, stages };
