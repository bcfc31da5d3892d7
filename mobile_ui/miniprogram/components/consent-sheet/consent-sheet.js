// The text of one purpose, read before it is agreed to. Emits agreed {purpose, version}.

const { request } = require("../../utils/request");
const texts = require("../../utils/texts");

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { purpose: String },
  data: { t: {}, agreeText: "", consent: null, paragraphs: [], agreed: false, problem: null, ways: [] },
  lifetimes: {
    attached() {
      const t = texts.of("consent");
      this.setData({ t, agreeText: t.agree[this.data.purpose] || t.agree.other });
      this.read();
    },
  },
  methods: {
    async read() {
      this.setData({ problem: null });
      try {
        const consent = await request(`/v1/consents/${this.data.purpose}`);
        const paragraphs = consent.text.split(/\n+/).filter((one) => one.trim());
        this.setData({ consent, paragraphs });
      } catch (problem) {
        this.setData({ problem, ways: [{ id: "again", text: this.data.t.again }] });
      }
    },

    tick(event) {
      this.setData({ agreed: event.detail.value.includes("agreed") });
    },

    agree() {
      const { purpose, version } = this.data.consent;
      this.triggerEvent("agreed", { purpose, version });
    },
  },
});
