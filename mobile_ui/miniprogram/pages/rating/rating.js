// One rating for one finished application: five grades, what it is about, and words (GB/T 39735).

const { keys } = require("../../utils/once");
const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const texts = require("../../utils/texts");

const FACES = ["mood-angry", "mood-sad", "mood-empty", "mood-smile", "mood-happy"];
const WIDE = 6; // letters of a grade that stand below its face; longer ones beside it
const BAD = 2; // and below: somebody calls back

Page(own({
  words: "rating",
  data: { number: "", grade: 0, grades: [], tags: [], picked: [], given: "", fault: "", sent: null, bad: false, wide: false },

  onLoad({ number }) {
    this.once = keys();
    this.setData({ number: number || "" });
  },
  address() {
    return `/pages/rating/rating?number=${encodeURIComponent(this.data.number)}`;
  },

  load() {
    this.draw();
  },
  draw() {
    const { t, grade, picked } = this.data;
    const one = (id) => ({ id, title: t.tagNames[id], on: picked.includes(id) });
    this.setData({
      wide: Math.max(...t.grades.map((title) => title.length)) > WIDE,
      grades: t.grades.map((title, at) => ({ id: at + 1, title, icon: FACES[at], now: at + 1 === grade })),
      bad: grade > 0 && grade <= BAD, tags: grade ? (grade <= BAD ? t.badTags : t.goodTags).map(one) : [],
    });
  },

  choose(event) {
    this.setData({ grade: Number(event.currentTarget.dataset.id), picked: [], fault: "" });
    this.draw();
  },
  pick(event) {
    this.setData({ picked: event.detail.value });
    this.draw();
  },
  type(event) {
    this.setData({ given: event.detail.value });
  },

  send() {
    const { grade, picked, given, t } = this.data;
    if (!grade) return this.setData({ fault: t.missing });
    const data = { grade, tags: picked, words: given.trim() };
    return this.attempt(async () => {
      const path = `/v1/applications/${encodeURIComponent(this.data.number)}/rating`;
      const answer = await request(path, { method: "POST", data, key: this.once.for(data), signed: true });
      const ticket = answer.ticket || "";
      this.setData({ sent: { ticket, told: ticket ? texts.fill(t.doneBad, { number: ticket }) : "" } });
      wx.pageScrollTo({ scrollTop: 0 });
    });
  },

  follow() {
    wx.redirectTo({ url: `/pages/ticket/ticket?number=${encodeURIComponent(this.data.sent.ticket)}` });
  },
  leave() {
    wx.navigateBack({ delta: 1 });
  },
}));
