// Offering a mandate: who may act, for which services, from when until when.

const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const idNumber = require("../../utils/id-number");

const DAY = 86400 * 1000;
const inChina = (time) => new Date(time + 8 * 3600 * 1000).toISOString().slice(0, 10);

Page(own({
  words: "mandate",
  data: { name: "", number: "", services: [], starts: "", ends: "", first: "", last: "", faults: {} },

  async load() {
    const { services } = await request("/v1/services");
    const now = Date.now();
    const chosen = new Set(this.data.services.filter((one) => one.chosen).map((one) => one.id));
    const had = this.data.starts;
    this.setData({
      services: services.filter((one) => one.signed_in !== false).map(({ id, title }) => ({ id, title, chosen: chosen.has(id) })),
      first: inChina(now), last: inChina(now + 365 * DAY),
      starts: had || inChina(now), ends: this.data.ends || inChina(now + 90 * DAY),
    });
  },

  typeName(event) {
    this.setData({ name: event.detail.value, "faults.name": "" });
  },
  typeNumber(event) {
    this.setData({ number: event.detail.value, "faults.number": "" });
  },
  tidyNumber() {
    this.setData({ number: idNumber.spaced(idNumber.tidy(this.data.number)) });
  },
  choose(event) {
    const chosen = event.detail.value;
    this.setData({ services: this.data.services.map((one) => ({ ...one, chosen: chosen.includes(one.id) })), "faults.services": "" });
  },
  start(event) {
    this.setData({ starts: event.detail.value, "faults.dates": "" });
  },
  end(event) {
    this.setData({ ends: event.detail.value, "faults.dates": "" });
  },

  send() {
    const { t, name, number, services, starts, ends } = this.data;
    const plain = idNumber.tidy(number);
    const chosen = services.filter((one) => one.chosen).map((one) => one.id);
    const faults = {
      name: name.trim() ? "" : t.nameMissing,
      number: idNumber.fault(plain) ? t.numberWrong : "",
      services: chosen.length ? "" : t.servicesMissing,
      dates: starts && ends && starts <= ends ? "" : t.datesWrong,
    };
    this.setData({ faults });
    if (Object.values(faults).some(Boolean)) return undefined;
    const data = { agent: { name: name.trim(), id_number: plain }, services: chosen, starts_on: starts, ends_on: ends };
    return this.attempt(async () => {
      await request("/v1/me/mandates", { method: "POST", data, signed: true });
      this.say(t.sent);
      wx.navigateBack({ delta: 1 });
    });
  },
}));
