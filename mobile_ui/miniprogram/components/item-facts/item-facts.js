// What there is to know before one begins: times, fee, materials, steps, legal basis, complaints.
// ``folded``: shown when asked for only.

const { facts, materials, stages } = require("../../utils/item");
const texts = require("../../utils/texts");

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { service: Object, folded: Boolean },
  data: { t: {}, open: false, facts: [], materials: [], stages: [], laws: [], fields: [], complaint: null, call: "" },
  observers: {
    service(service) {
      if (!service || !service.item) return;
      const t = texts.of("item");
      const { item } = service;
      this.setData({
        t, open: !this.data.folded, facts: facts(service), stages: stages(service.steps),
        materials: materials(service.materials || item.materials), laws: item.legal_basis || [], complaint: item.complaint,
        fields: (item.fields || []).map((field) => ({ ...field, marks: t.sensitivity[field.sensitivity] || field.sensitivity, warn: field.sensitivity === "high" })),
        call: texts.fill(t.call, item.complaint || { phone: "" }),
      });
    },
  },
  methods: {
    turn() {
      this.setData({ open: !this.data.open });
    },
  },
});
