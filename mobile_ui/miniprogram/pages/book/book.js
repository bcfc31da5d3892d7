// Booking a time that two confirm: whose case it is, which office, when, what one states. With
// ``change`` the same page moves an appointment that one has: then only office and time are asked.

const { clock, short, statements, stating, weekday } = require("../../utils/booking");
const { date } = require("../../utils/format");
const { keys } = require("../../utils/once");
const { own } = require("../../utils/own");
const region = require("../../utils/region");
const { request } = require("../../utils/request");
const texts = require("../../utils/texts");

const [CASE, OFFICE, TIME, STATE] = [0, 1, 2, 3];
const GONE = ["slot-taken", "day-waited-for", "slot-unknown"]; // between the page and the click

const SHARED_WAY = own({ data: {} }).way;

Page(own({
  words: "book",
  data: {
    id: "", change: "", plan: null, step: CASE, cases: [], elsewhere: null, cities: [], city: 0, offices: [], office: null,
    days: [], day: "", times: [], time: "", full: false, said: [], stated: [], fault: "", summary: "", intro: "", dayText: "", lined: false,
  },

  onLoad({ id, change }) {
    this.once = keys();
    this.setData({ id: id || "marriage-appointment", change: change || "", step: change ? OFFICE : CASE });
  },
  address() {
    const { id, change } = this.data;
    return `/pages/book/book?id=${encodeURIComponent(id)}${change ? `&change=${encodeURIComponent(change)}` : ""}`;
  },
  path(part = "") {
    return `/v1/services/${encodeURIComponent(this.data.id)}/appointments${part}`;
  },

  /** Read once: what was chosen stays when one comes back from proving who one is. */
  async load() {
    if (this.data.plan) {
      const story = this.halted;
      this.halted = null;
      if (story) await story();
      return;
    }
    const [plan, { offices }] = await Promise.all([request(this.path()), request(this.path("/offices"))]);
    const { t } = this.data;
    const cities = [...new Set(offices.map((one) => one.city))];
    const here = offices.find((one) => region.code() && one.id.startsWith(region.code().slice(0, 4)));
    this.all = offices;
    this.setData({
      plan, said: statements(plan), cities, cases: [{ case: "", title: t.here }, ...plan.elsewhere],
      intro: texts.fill(t.intro, { n: plan.hold_minutes }),
    });
    this.inCity(Math.max(0, cities.indexOf((here || {}).city)));
  },

  choose(event) {
    const found = this.data.cases.find((one) => one.case === event.currentTarget.dataset.case);
    if (!found.case) return this.go(OFFICE);
    const { title, article } = found.source;
    return this.setData({ elsewhere: { ...found, source: texts.fill(this.data.t.source, { title, article }) } });
  },

  pickCity(event) {
    this.inCity(Number(event.detail.value));
  },
  inCity(city) {
    const name = this.data.cities[city];
    this.setData({ city, offices: this.all.filter((one) => one.city === name) });
  },
  pickOffice(event) {
    const office = this.all.find((one) => one.id === event.currentTarget.dataset.id);
    return this.attempt(async () => {
      this.setData({ office });
      await this.look("");
      this.go(TIME);
    });
  },

  /** The office's days, and the times of one; of the first with room where none is named. */
  async look(day) {
    const { t, office } = this.data;
    const seen = await request(this.path(`/offices/${office.id}${day ? `?day=${day}` : ""}`));
    const chosen = seen.day || "";
    this.setData({
      day: chosen, time: "", full: Boolean(chosen) && !seen.times.some((one) => one.open && one.left),
      days: seen.days.map((one) => ({ ...one, name: short(one.day), week: weekday(one.day), label: one.left ? texts.fill(t.left, { n: one.left }) : t.full })),
      times: seen.times.filter((one) => one.open).map((one) => ({ ...one, name: clock(one.starts_at), gone: !one.left, label: one.left ? texts.fill(t.left, { n: one.left }) : t.full })),
      dayText: chosen ? `${date(chosen)} ${weekday(chosen)}` : t.noDays,
    });
  },
  pickDay(event) {
    return this.attempt(() => this.look(event.currentTarget.dataset.day));
  },
  pickTime(event) {
    const time = event.currentTarget.dataset.time;
    const { times, office, dayText, t, change } = this.data;
    const found = times.find((one) => one.starts_at === time);
    if (!found || found.gone) return;
    this.setData({ time, lined: false, summary: texts.fill(t.summary, { office: office.title, day: dayText, time: found.name }) });
    if (!change) this.go(STATE);
  },
  /** The day is full: a place in its line instead of a time. */
  lineUp() {
    const { office, dayText, t } = this.data;
    this.setData({ lined: true, summary: texts.fill(t.lineSummary, { office: office.title, day: dayText }) });
    this.go(STATE);
  },

  state(event) {
    this.setData(stating(this.data.said, event.detail.value));
  },
  go(step) {
    this.setData({ step, elsewhere: null, problem: null, ...stating(this.data.said, []) });
    wx.pageScrollTo({ scrollTop: 0 });
  },
  back() {
    this.go(Math.max(this.data.change ? OFFICE : CASE, this.data.step - 1));
  },

  book() {
    const { stated, said, t, lined } = this.data;
    if (stated.length < said.length) return this.setData({ fault: t.stateAll });
    return this.tell(() => (lined ? this.wait() : this.take()));
  },
  async take() {
    const { id, office, time, stated } = this.data;
    const data = { service: id, office: office.id, starts_at: time, statements: stated };
    const done = await request("/v1/bookings", { method: "POST", data, key: this.once.for(data), signed: true });
    wx.redirectTo({ url: `/pages/booking/booking?number=${encodeURIComponent(done.number)}` });
  },
  async wait() {
    const { id, office, day, stated } = this.data;
    const data = { service: id, office: office.id, day, statements: stated };
    await request("/v1/booking-lines", { method: "POST", data, key: this.once.for(data), signed: true });
    wx.redirectTo({ url: "/pages/bookings/bookings" });
  },
  move() {
    const { change, office, time, t } = this.data;
    return this.tell(async () => {
      await request(`/v1/bookings/${encodeURIComponent(change)}/change`, { method: "POST", data: { office: office.id, starts_at: time }, signed: true });
      this.say(t.changed);
      wx.navigateBack({ delta: 1 });
    });
  },

  /** As attempt; what a missing proof stops goes on when one comes back with it. */
  async tell(story) {
    this.halted = null;
    const done = await this.attempt(story);
    const { problem } = this.data;
    if (!done && problem && problem.status === 401) this.halted = story;
  },

  /** Sold out since it was shown: the times are read again, and nothing else is lost. */
  way(event) {
    const { problem, day } = this.data;
    if (event.detail.id !== "again" || !problem || !GONE.includes(problem.code)) return SHARED_WAY.call(this, event);
    return this.attempt(async () => {
      await this.look(day);
      this.go(TIME);
    });
  },
}));
