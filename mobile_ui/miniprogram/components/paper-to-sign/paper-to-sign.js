// A document as it is going to be signed: every line of it, and the file itself to open.
// ``paper``: what POST /v1/signatures answered.

const { request } = require("../../utils/request");
const { save } = require("../../utils/save");
const texts = require("../../utils/texts");

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { paper: Object },
  data: { t: {}, fault: "", mark: "" },
  observers: {
    paper(paper) {
      if (paper) this.setData({ t: texts.of("sign"), mark: texts.fill(texts.of("sign").mark, { mark: paper.sha256.slice(0, 16) }) });
    },
  },
  methods: {
    async open() {
      const { paper } = this.data;
      this.setData({ fault: "" });
      try {
        const content = await request(`/v1/signatures/${encodeURIComponent(paper.id)}/document`, { signed: true, binary: true });
        await save({ name: `${paper.title}.pdf`, type: "application/pdf", content });
      } catch (problem) {
        this.setData({ fault: problem.detail || "" });
      }
    },
  },
});
