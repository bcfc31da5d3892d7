// One appointment: when and where, what the other has to do, and what one may do with it.

const { line, statements, stating } = require("../../utils/booking");
const { keys } = require("../../utils/once");
const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const texts = require("../../utils/texts");

const AGAIN = 5000; // ms between looks while the other has to confirm

Page(own({
  words: "booking",
  data: { number: "", found: null, row: {}, told: "", may: {}, said: [], stated: [], fault: "", news: "", otherText: "" },

  onLoad({ number }) {
    this.once = keys();
    this.setData({ number: number || "" });
  },
  address() {
    return `/pages/booking/booking?number=${encodeURIComponent(this.data.number)}`;
  },
  path(part = "") {
    return `/v1/bookings/${encodeURIComponent(this.data.number)}${part}`;
  },

  async load() {
    clearTimeout(this.timer);
    const found = await request(this.path(), { signed: true });
    if (found.may.includes("accept") && !this.data.said.length) {
      this.setData({ said: statements(await request(`/v1/services/${encodeURIComponent(found.service)}/appointments`)) });
    }
    wx.setNavigationBarTitle({ title: found.title });
    this.show(found);
    const story = this.halted;
    this.halted = null;
    if (story) await story();
  },

  show(found) {
    const { t } = this.data;
    const changed = this.data.found && this.data.found.state !== found.state;
    this.setData({
      found, row: line(found), told: t.told[found.state] || "", may: Object.fromEntries(found.may.map((one) => [one, true])),
      otherText: found.other ? texts.fill(t.other, { name: found.other }) : "",
      numberText: texts.fill(t.number, found), news: changed ? found.state_title : this.data.news,
    });
    if (found.state === "held") this.lookIn(AGAIN, () => this.look());
  },
  async look() {
    this.show(await request(this.path(), { signed: true }));
  },

  state(event) {
    this.setData(stating(this.data.said, event.detail.value));
  },
  async accept() {
    const { stated, said, t } = this.data;
    if (stated.length < said.length) return this.setData({ fault: t.stateAll });
    const data = { statements: stated };
    const story = async () => {
      await request(this.path("/acceptance"), { method: "POST", data, key: this.once.for(data), signed: true });
      await this.load();
    };
    const done = await this.attempt(story);
    const { problem } = this.data;
    if (!done && problem && problem.status === 401) this.halted = story;
    return done;
  },
  change() {
    const { number, found } = this.data;
    wx.navigateTo({ url: `/pages/book/book?id=${encodeURIComponent(found.service)}&change=${encodeURIComponent(number)}` });
  },
  cancel() {
    const { t, found } = this.data;
    const offered = found.state === "offered";
    this.sure({ title: offered ? t.declineTitle : t.cancelTitle, content: offered ? t.declineText : t.cancelText, yes: offered ? t.decline : t.cancel }, async () => {
      await request(this.path("/cancellation"), { method: "POST", signed: true });
      this.say(offered ? t.declined : t.cancelled);
      await this.load();
    });
  },
}));
