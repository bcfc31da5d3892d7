// The second of two: types the code the first handed over, sees what it is, states and confirms. The
// code stays in the page: it is in no address.

const { line, statements, stating } = require("../../utils/booking");
const { moment } = require("../../utils/format");
const { keys } = require("../../utils/once");
const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const texts = require("../../utils/texts");

Page(own({
  words: "invited",
  data: { code: "", fault: "", found: null, row: {}, by: "", until: "", said: [], stated: [] },

  onLoad() {
    this.once = keys();
  },
  async load() {
    const story = this.halted;
    this.halted = null;
    if (story) await story();
  },

  type(event) {
    this.setData({ code: event.detail.value, fault: "" });
  },
  look() {
    const { code, t } = this.data;
    if (!code.trim()) return this.setData({ fault: t.missing });
    return this.tell(async () => {
      const found = await request("/v1/booking-invitations", { method: "POST", data: { code }, signed: true });
      const plan = await request(`/v1/services/${encodeURIComponent(found.booking.service)}/appointments`);
      this.setData({
        found, row: line(found.booking), said: statements(plan), stated: [], fault: "",
        by: texts.fill(t.by, { name: found.by }), until: texts.fill(t.until, { time: moment(found.until) }),
      });
    });
  },

  state(event) {
    this.setData(stating(this.data.said, event.detail.value));
  },
  confirm() {
    const { code, stated, said, t } = this.data;
    if (stated.length < said.length) return this.setData({ fault: t.stateAll });
    const data = { code, statements: stated };
    return this.tell(async () => {
      const done = await request("/v1/booking-confirmations", { method: "POST", data, key: this.once.for(data), signed: true });
      wx.redirectTo({ url: `/pages/booking/booking?number=${encodeURIComponent(done.number)}` });
    });
  },
  again() {
    this.setData({ found: null, code: "", fault: "" });
  },

  /** As attempt; what a missing proof stops goes on when one comes back with it. */
  async tell(story) {
    this.halted = null;
    const done = await this.attempt(story);
    const { problem } = this.data;
    if (!done && problem && problem.status === 401) this.halted = story;
  },
}));
