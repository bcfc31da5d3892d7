// A complaint about an application: words, and a number to follow it by.

const { keys } = require("../../utils/once");
const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const texts = require("../../utils/texts");

Page(own({
  words: "complaint",
  data: { number: "", given: "", fault: "", ticket: "", told: "" },

  onLoad({ number }) {
    this.once = keys();
    this.setData({ number: number || "" });
  },
  address() {
    return `/pages/complaint/complaint?number=${encodeURIComponent(this.data.number)}`;
  },
  load() {},

  type(event) {
    this.setData({ given: event.detail.value, fault: "" });
  },
  send() {
    const { given, t, number } = this.data;
    if (!given.trim()) return this.setData({ fault: t.missing });
    const data = { words: given.trim() };
    return this.attempt(async () => {
      const path = `/v1/applications/${encodeURIComponent(number)}/complaint`;
      const made = await request(path, { method: "POST", data, key: this.once.for(data), signed: true });
      this.setData({ ticket: made.number, told: texts.fill(t.doneText, made) });
    });
  },

  follow() {
    wx.redirectTo({ url: `/pages/ticket/ticket?number=${encodeURIComponent(this.data.ticket)}` });
  },
  leave() {
    wx.navigateBack({ delta: 1 });
  },
}));
