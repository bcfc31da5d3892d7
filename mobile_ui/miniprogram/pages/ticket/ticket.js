// One complaint or report: what was said, by when it is answered, the answer, and whether that did.

const { date, moment } = require("../../utils/format");
const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const { named } = require("../../utils/schema");
const texts = require("../../utils/texts");
const { shown } = require("../../utils/ticket");

Page(own({
  words: "ticket",
  data: { number: "", row: null, ticket: null, times: [], waits: "", field: "", called: "", ask: false },

  onLoad({ number }) {
    this.setData({ number: number || "" });
  },
  address() {
    return `/pages/ticket/ticket?number=${encodeURIComponent(this.data.number)}`;
  },
  path(part = "") {
    return `/v1/tickets/${encodeURIComponent(this.data.number)}${part}`;
  },

  async load() {
    const ticket = await request(this.path(), { signed: true });
    const { t } = this.data;
    const who = ticket.department.title;
    const row = shown(ticket);
    this.setData({
      ticket, row, waits: row.open ? texts.fill(t.waits, { who, day: date(ticket.due_on) }) : "",
      field: ticket.field ? texts.fill(t.field, { title: await fieldTitle(ticket) }) : "",
      called: { reached: t.called, "not-reached": t.notReached }[ticket.called] || "", ask: ticket.may.includes("satisfaction"),
      times: [[t.at, ticket.created_at], [t.answeredAt, ticket.answered_at]].filter(([, time]) => time).map(([said, time]) => texts.fill(said, { time: moment(time) })),
    });
  },

  settled() {
    return this.tell(true);
  },
  unsettled() {
    return this.tell(false);
  },
  tell(settled) {
    return this.attempt(async () => {
      await request(this.path("/satisfaction"), { method: "POST", data: { settled }, signed: true });
      this.say(settled ? this.data.t.yesDone : this.data.t.noDone);
      await this.load();
    });
  },
}));

/** The field's own title, from the service whose answer it is in. */
async function fieldTitle({ service, field }) {
  try {
    const { answer } = await request(`/v1/services/${encodeURIComponent(service.id)}`);
    return named(answer.properties[field], field);
  } catch {
    return field;
  }
}
