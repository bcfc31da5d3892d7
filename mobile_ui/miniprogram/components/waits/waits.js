// What waits for whoever is signed in, each with its way there (utils/waits). ``stamp`` changes when the
// page is shown again. Without an answer the page simply is without it.

const { request } = require("../../utils/request");
const session = require("../../utils/session");
const texts = require("../../utils/texts");
const { row, rows } = require("../../utils/waits");

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { stamp: Number },
  data: { t: {}, rows: [], last: [], known: false },
  lifetimes: {
    attached() {
      this.look();
    },
  },
  observers: {
    stamp() {
      this.look();
    },
  },
  methods: {
    async look() {
      if (!session.signedIn()) return;
      const t = texts.of("waits");
      try {
        const found = await request("/v1/me/waiting", { signed: true });
        this.setData({ t, known: true, rows: rows(found, t), last: found.last.map((one) => row(one, texts.of("applications").states[one.state])) });
      } catch {
        this.setData({ known: false });
      }
    },
  },
});
