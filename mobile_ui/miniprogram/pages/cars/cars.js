// One's cars for "one-key move-car": those that are registered, and another one by its plate.

const { keys } = require("../../utils/once");
const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const { day } = require("../../utils/format");
const texts = require("../../utils/texts");

Page(own({
  words: "cars",
  data: { rows: [], full: "", plate: "", fault: "" },

  onLoad() {
    this.once = keys();
  },

  async load() {
    const { cars, most } = await request("/v1/cars", { signed: true });
    const { t } = this.data;
    const row = (one) => ({ ...one, url: at(one.number), since: texts.fill(t.since, { day: day(one.created_at) }) });
    this.setData({ rows: cars.map(row), full: cars.length >= most ? texts.fill(t.full, { n: most }) : "" });
  },

  type(event) {
    this.setData({ plate: event.detail.value, fault: "" });
  },
  add() {
    const { plate, t } = this.data;
    if (!plate.trim()) return this.setData({ fault: t.missing });
    const data = { plate: plate.trim() };
    return this.attempt(async () => {
      const { number } = await request("/v1/cars", { method: "POST", data, key: this.once.for(data), signed: true });
      this.setData({ plate: "" });
      wx.navigateTo({ url: at(number) });
    });
  },
}));

const at = (number) => `/pages/car/car?number=${encodeURIComponent(number)}`;
