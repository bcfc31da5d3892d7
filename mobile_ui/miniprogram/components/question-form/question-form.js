// A form drawn from a JSON Schema. ``fields`` come from schema.questionFields; emits ask {fields}.

const texts = require("../../utils/texts");

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { fields: Array, label: String, busy: Boolean },
  data: { t: {}, choose: "", filled: [] },
  observers: {
    fields(fields) {
      const t = texts.of("service");
      const choose = texts.of("answer").choose;
      this.setData({ t, choose, filled: (fields || []).map((field) => drawn(field, choose)) });
    },
  },
  methods: {
    change(event) {
      const { at } = event.currentTarget.dataset;
      const field = this.data.filled[at];
      const value = field.kind === "choice" ? field.choices[event.detail.value].value : event.detail.value;
      const index = field.choices.findIndex((one) => one.value === value);
      this.setData({ [`filled[${at}].value`]: value, [`filled[${at}].index`]: index, [`filled[${at}].fault`]: "" });
    },

    ask() {
      const { filled, t } = this.data;
      const missing = filled.map((field) => (field.required && field.value === "" ? texts.fill(t.required, field) : ""));
      this.setData({ filled: filled.map((field, at) => ({ ...field, fault: missing[at] })) });
      if (!missing.some(Boolean)) this.triggerEvent("ask", { fields: filled });
    },
  },
});

function drawn(field, choose) {
  const choices = [{ value: "", label: choose }, ...field.options];
  return { ...field, choices, index: Math.max(0, choices.findIndex((one) => one.value === field.value)), fault: "" };
}
