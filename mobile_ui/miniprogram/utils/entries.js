// Entries of the catalogue as lists show them, and how they are asked for.

const texts = require("./texts");
const visit = require("./visit");

function cell(service) {
  const f = texts.of("finding");
  return {
    id: service.id, title: service.title, summary: service.summary, icon: service.icon, kind: service.kind,
    department: service.department.title, url: visit.service(service.id),
    tag: { listed: f.window, application: f.apply, appointment: f.book }[service.kind] || "",
  };
}

/** The address of a list; what is empty is not asked for. */
function listPath(wanted) {
  const asked = Object.entries(wanted).filter(([, value]) => value);
  const query = asked.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
  return `/v1/services${query ? `?${query}` : ""}`;
}

module.exports = { cell, listPath };
