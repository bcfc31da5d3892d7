// One line of the activity list in words.

const texts = require("../../utils/texts");
const { moment } = require("../../utils/format");

/** ``other`` is there when one acted for somebody, or somebody for oneself; ``partner``: whom it concerns. */
function told(event, at, t) {
  return {
    id: `${event.at}-${at}`,
    title: [event.title, event.partner, event.service].filter(Boolean).join(" · "),
    time: moment(event.at),
    by: event.actor ? texts.fill(t.by, { who: event.actor }) : "",
    whom: event.other ? texts.fill(t.whom, { who: event.other }) : "",
    why: event.purpose ? texts.fill(t.purpose, { what: event.purpose }) : "",
  };
}

module.exports = { told };
