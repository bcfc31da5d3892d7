// "Something here is wrong": one field of an answer, told to the office that answered.

const { named } = require("../../utils/schema");
const { keys } = require("../../utils/once");
const { request } = require("../../utils/request");
const texts = require("../../utils/texts");

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { service: Object, who: String },
  data: { t: {}, open: false, fields: [], at: 0, words: "", fault: "", busy: false, problem: null, number: "", told: "", send: "" },
  observers: {
    "service, who": function read(service, who) {
      if (!service || !service.answer) return;
      const t = texts.of("report");
      const known = Object.entries(service.answer.properties || {}).map(([id, field]) => ({ id, title: named(field, id) }));
      this.setData({ t, fields: known, send: texts.fill(t.send, { who }) });
    },
  },
  methods: {
    begin() {
      this.setData({ open: true, number: "", fault: "", problem: null });
    },
    cancel() {
      this.setData({ open: false });
    },
    pick(event) {
      this.setData({ at: Number(event.detail.value) });
    },
    type(event) {
      this.setData({ words: event.detail.value, fault: "" });
    },

    async tell() {
      const { t, words, fields, at, busy, service, who } = this.data;
      if (!words.trim()) return this.setData({ fault: t.missing });
      if (busy) return undefined;
      const data = { field: fields[at].id, words: words.trim() };
      this.once = this.once || keys();
      this.setData({ busy: true, problem: null });
      try {
        const path = `/v1/services/${encodeURIComponent(service.id)}/reports`;
        const { number } = await request(path, { method: "POST", data, key: this.once.for(data), signed: true });
        this.setData({ number, told: texts.fill(t.doneText, { number }), done: texts.fill(t.done, { who }), open: false, words: "" });
      } catch (problem) {
        this.setData({ problem });
      }
      return this.setData({ busy: false });
    },

    follow() {
      wx.navigateTo({ url: `/pages/ticket/ticket?number=${encodeURIComponent(this.data.number)}` });
    },
  },
});
