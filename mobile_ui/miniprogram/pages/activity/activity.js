// Who used one's data, for what and when; what a family agent did names both people.

const { own } = require("../../utils/own");
const { request } = require("../../utils/request");
const { told } = require("./told");

Page(own({
  words: "activity",
  data: { events: [], next: null },

  async load() {
    const page = await request("/v1/me/activity", { signed: true });
    this.setData({ events: page.events.map((event, at) => told(event, at, this.data.t)), next: page.next });
  },

  more() {
    return this.attempt(async () => {
      const page = await request(`/v1/me/activity?cursor=${encodeURIComponent(this.data.next)}`, { signed: true });
      const { events, t } = this.data;
      this.setData({ events: [...events, ...page.events.map((event, at) => told(event, events.length + at, t))], next: page.next });
    });
  },
}));
