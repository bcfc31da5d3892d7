// One car: the code for its windscreen, who asked to move it, a new plate, calls, and its end.

const { moment } = require("../../utils/format");
const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const { save } = require("../../utils/save");

const ANSWERS = ["five-minutes", "fifteen-minutes", "moved", "cannot", "not-there"];
const REPORTS = ["prank", "harassment", "no-reason"];
const OVER = ["moved", "not-there"];

Page(own({
  words: "car",
  data: { number: "", car: null, lives: false, ended: "", card: null, asked: [], answers: [], reports: [], reporting: "", plate: "", fault: "", browser: Boolean(wx.browserHost) },

  onLoad({ number }) {
    this.setData({ number: number || "" });
  },
  address() {
    return `/pages/car/car?number=${encodeURIComponent(this.data.number)}`;
  },
  path(part = "") {
    return `/v1/cars/${encodeURIComponent(this.data.number)}${part}`;
  },
  send(part, method, data) {
    return request(this.path(part), { method, data: data || {}, signed: true });
  },

  async load() {
    const car = await request(this.path(), { signed: true });
    const { t } = this.data;
    const lives = car.state === "living";
    this.setData({
      car, lives, ended: t.ended[car.ended_why] || "",
      card: lives ? await request(this.path("/card"), { signed: true }) : null,
      asked: car.requests.map((one) => ({ ...one, time: moment(one.created_at), how: t.kinds[one.kind], open: lives && !OVER.includes(one.answer), reportable: lives && !one.reported })),
      answers: ANSWERS.map((id) => ({ id, title: t.answers[id] })),
      reports: REPORTS.map((id) => ({ id, title: t.reports[id] })),
    });
  },

  print() {
    wx.browserHost.print();
  },
  keep() {
    const { card, number } = this.data;
    return this.attempt(() => save({ name: `${number}.svg`, type: "image/svg+xml", text: decodeURIComponent(card.picture.split(",").slice(1).join(",")) }));
  },
  renew() {
    const { t } = this.data;
    this.sure({ title: t.renewTitle, content: t.renewText, yes: t.renew }, async () => {
      await this.send("/code", "POST");
      await this.load();
      this.say(t.renewed);
    });
  },

  reply(event) {
    const { id, answer } = event.currentTarget.dataset;
    return this.attempt(async () => {
      await this.send(`/requests/${id}/answer`, "POST", { answer });
      await this.load();
      this.say(this.data.t.replied);
    });
  },
  startReport(event) {
    this.setData({ reporting: event.currentTarget.dataset.id });
  },
  report(event) {
    const { why } = event.currentTarget.dataset;
    return this.attempt(async () => {
      await this.send(`/requests/${this.data.reporting}/report`, "POST", { why });
      this.setData({ reporting: "" });
      await this.load();
      this.say(this.data.t.reportDone);
    });
  },

  toggleCalls() {
    return this.attempt(async () => {
      await this.send("/calls", "PUT", { calls: !this.data.car.calls });
      await this.load();
    });
  },
  type(event) {
    this.setData({ plate: event.detail.value, fault: "" });
  },
  changePlate() {
    const { plate, t } = this.data;
    if (!plate.trim()) return this.setData({ fault: t.missing });
    return this.attempt(async () => {
      await this.send("/plate", "PUT", { plate: plate.trim() });
      this.setData({ plate: "" });
      await this.load();
      this.say(t.plateDone);
    });
  },

  sold() {
    return this.end("sold");
  },
  takeOff() {
    return this.end("taken-off");
  },
  end(why) {
    const { t } = this.data;
    this.sure({ title: t.endTitle, content: t.endText, yes: t.endYes }, async () => {
      await this.send("/end", "POST", { why });
      await this.load();
    });
  },
}));
