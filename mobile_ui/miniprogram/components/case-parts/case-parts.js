// The departments' parts of an application, side by side on one clock: who works at the same time,
// who is done, which of them decides how long all takes. ``found``: the case file.

const { lanes, offices, together } = require("../../utils/case");
const texts = require("../../utils/texts");

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { found: Object },
  data: { t: {}, lanes: [], offices: [], parallel: "", slowest: "" },
  observers: {
    found(found) {
      if (!found) return;
      const t = texts.of("application");
      const all = lanes(found.steps, t);
      const shares = offices(found.offices, t);
      this.setData({ t, lanes: all, offices: shares.length > 1 ? shares : [], ...together(all, found.critical_path, t) });
    },
  },
});
