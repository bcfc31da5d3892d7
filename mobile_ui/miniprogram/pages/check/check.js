// Whether a message is ours: by the code at its end, without signing in.

const { request } = require("../../utils/request");
const texts = require("../../utils/texts");
const { date } = require("../../utils/format");

Page({
  data: { t: {}, code: "", fault: "", busy: false, answer: null, told: "", problem: null },

  onShow() {
    const t = texts.of("check");
    this.setData({ t });
    wx.setNavigationBarTitle({ title: t.title });
  },
  onLoad({ code }) {
    this.setData({ code: code || "" });
  },

  type(event) {
    this.setData({ code: event.detail.value, fault: "" });
  },

  async check() {
    const { t, busy } = this.data;
    const code = this.data.code.replace(/[\s-]/g, "").toUpperCase();
    if (code.length !== 8) return this.setData({ fault: t.missing });
    if (busy) return undefined;
    this.setData({ busy: true, problem: null, answer: null });
    try {
      const answer = await request("/v1/messages/check", { method: "POST", data: { code } });
      const told = answer.known ? texts.fill(t.knownText, { kind: answer.title || answer.kind, day: date(answer.sent_on) }) : t.unknownText;
      this.setData({ answer, told });
    } catch (problem) {
      this.setData({ problem });
    }
    return this.setData({ busy: false });
  },

  again() {
    this.setData({ answer: null, problem: null, code: "" });
  },
});
