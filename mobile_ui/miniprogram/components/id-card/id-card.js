// The resident's identity as a card: masked, with its level; the pattern is drawn by arithmetic.

const { pattern } = require("../../utils/guilloche");
const { day } = require("../../utils/format");
const texts = require("../../utils/texts");

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { resident: Object, t: Object },
  data: { pattern: pattern(), level: "", until: "" },
  observers: {
    "resident, t": function write(resident, t) {
      if (!resident || !t) return;
      const until = resident.proofed_until ? texts.fill(t.until, { day: day(resident.proofed_until) }) : "";
      this.setData({ level: texts.fill(t.level, { n: resident.proofed }), until });
    },
  },
});
