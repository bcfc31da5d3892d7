// Mandates: whom one lets act for oneself, and for whom one may act.

const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const acting = require("../../utils/acting");
const texts = require("../../utils/texts");
const { date } = require("../../utils/format");

const LIVING = ["offered", "accepted"];

Page(own({
  words: "family",
  data: { given: [], received: [], acting: null },

  async load() {
    const { mandates } = await request("/v1/me/mandates", { signed: true });
    const shown = mandates.map((one) => this.shown(one));
    this.setData({ given: shown.filter((one) => one.given), received: shown.filter((one) => !one.given), acting: acting.current() });
  },

  shown(one) {
    const { t } = this.data;
    const today = new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 10);
    const running = one.state === "accepted" && one.starts_on <= today && today <= one.ends_on;
    return {
      ...one, names: one.services.map((service) => service.title).join(t.comma),
      dates: texts.fill(t.dates, { from: date(one.starts_on), to: date(one.ends_on) }),
      told: t.states[one.state] || one.state, living: LIVING.includes(one.state), open: one.state === "offered", running,
    };
  },

  offer() {
    wx.navigateTo({ url: "/pages/mandate/mandate" });
  },

  async answered(event, part) {
    const { id } = event.currentTarget.dataset;
    await this.attempt(async () => {
      await request(`/v1/me/mandates/${encodeURIComponent(id)}/${part}`, { method: "POST", signed: true });
      await this.load();
    });
  },
  accept(event) {
    return this.answered(event, "acceptance");
  },
  refuse(event) {
    return this.answered(event, "refusal");
  },

  end(event) {
    const { t } = this.data;
    const { id } = event.currentTarget.dataset;
    this.sure({ title: t.endTitle, content: t.endText, yes: t.end }, async () => {
      await request(`/v1/me/mandates/${encodeURIComponent(id)}`, { method: "DELETE", signed: true });
      const now = acting.current();
      if (now && now.id === id) acting.stop();
      await this.load();
    });
  },

  act(event) {
    const { id } = event.currentTarget.dataset;
    const mandate = this.data.received.find((one) => one.id === id);
    return this.attempt(async () => {
      await acting.begin({ id, name: mandate.other, services: mandate.services.map((one) => one.id) });
      wx.switchTab({ url: "/pages/home/home" });
    });
  },

  stopActing() {
    acting.stop();
    this.setData({ acting: null });
  },
}));
