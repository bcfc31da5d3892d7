// One's appointments and the lines one waits in; and the way in for whoever was handed a code.

const { line, waiting } = require("../../utils/booking");
const { own } = require("../../utils/own");
const { request } = require("../../utils/request");

Page(own({
  words: "bookings",
  data: { rows: [], lines: [] },

  async load() {
    const { bookings, lines } = await request("/v1/bookings", { signed: true });
    this.setData({ rows: bookings.map(line), lines: lines.map(waiting) });
  },

  leave(event) {
    const { id } = event.currentTarget.dataset;
    const { t } = this.data;
    this.sure({ title: t.leaveTitle, content: t.leaveText, yes: t.leave }, async () => {
      await request(`/v1/booking-lines/${encodeURIComponent(id)}`, { method: "DELETE", signed: true });
      await this.load();
    });
  },
  invited() {
    wx.navigateTo({ url: "/pages/invited/invited" });
  },
  book() {
    wx.navigateTo({ url: "/pages/service/service?id=marriage-appointment" });
  },
}));
