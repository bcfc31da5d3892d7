// Before somebody's car: a message or a relayed call to its owner, without signing in and without
// anybody's number. The code came in the address's fragment and goes out in bodies only.

const { clock, moment } = require("../../utils/format");
const { request } = require("../../utils/request");
const texts = require("../../utils/texts");

const LOOK = 4000; // ms between two looks at the owner's answer

Page({
  data: { t: {}, code: "", car: null, reason: "", fault: "", busy: false, problem: null, ways: [], sent: "", relay: null, answer: null, waits: "" },

  onLoad({ code }) {
    this.setData({ code: code || "" });
  },
  onShow() {
    const t = texts.of("moveCar");
    this.setData({ t });
    wx.setNavigationBarTitle({ title: t.title });
    this.seen();
    this.follow();
  },
  onHide() {
    clearTimeout(this.next);
  },
  onUnload() {
    clearTimeout(this.next);
  },

  async seen() {
    if (!this.data.code) return this.setData({ problem: { ...this.data.t.noCode, icon: "qrcode-off" }, ways: [] });
    return this.attempt(async () => {
      this.setData({ car: await request("/v1/move-car/codes", { method: "POST", data: { code: this.data.code } }) });
    });
  },

  choose(event) {
    this.setData({ reason: event.currentTarget.dataset.id, fault: "" });
  },
  message() {
    return this.ask("messages");
  },
  call() {
    return this.ask("calls");
  },
  ask(how) {
    const { code, reason, t } = this.data;
    if (!reason) return this.setData({ fault: t.missing });
    return this.attempt(async () => {
      const made = await request(`/v1/move-car/${how}`, { method: "POST", data: { code, reason } });
      const seconds = made.expires_at ? (new Date(made.expires_at) - Date.now()) / 1000 : 0;
      this.setData({ sent: made.request, answer: null, relay: made.relay ? { ...made, until: texts.fill(t.until, { time: clock(seconds) }) } : null });
      this.follow();
    });
  },

  /** The owner's answer may change until the car is away; a broken line is simply tried again. */
  async follow() {
    clearTimeout(this.next);
    const { sent } = this.data;
    if (!sent) return;
    try {
      const found = await request("/v1/move-car/state", { method: "POST", data: { request: sent } });
      if (sent !== this.data.sent) return;
      if (found.answer) this.setData({ answer: { id: found.answer, title: found.answer_title, time: moment(found.answered_at) } });
    } catch (problem) {
      if (problem.status === 404) return;
    }
    this.next = setTimeout(() => this.follow(), LOOK);
  },
  again() {
    clearTimeout(this.next);
    this.setData({ sent: "", relay: null, answer: null, problem: null });
  },

  async attempt(story) {
    if (this.data.busy) return;
    this.setData({ busy: true, problem: null });
    try {
      await story();
    } catch (problem) {
      this.setData({ problem, ways: [{ id: "close", text: this.data.t.back }] });
      wx.pageScrollTo({ scrollTop: 0 });
    }
    this.setData({ busy: false });
  },
  way() {
    this.setData({ problem: null });
    if (!this.data.car) this.seen();
  },
});
