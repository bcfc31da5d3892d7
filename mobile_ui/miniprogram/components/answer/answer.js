// An answer of any service: a headline, facts, tables, and a chart where months come back.

const { answerView } = require("../../utils/schema");
const { chart } = require("../../utils/chart");
const texts = require("../../utils/texts");

const FIRST = 12; // rows shown before the reader asks for all

Component({
  options: { styleIsolation: "apply-shared" },
  properties: { schema: Object, answer: Object },
  data: { t: {}, headline: null, facts: [], tables: [] },
  observers: {
    "schema, answer": function read(schema, answer) {
      if (!schema || !answer) return;
      const t = texts.of("answer");
      const view = answerView(schema, answer);
      const tables = view.tables.map((table) => ({ ...folded(table, false, t), chart: chart(table.series) }));
      this.setData({ t, ...view, tables });
    },
  },
  methods: {
    unfold(event) {
      const { at } = event.currentTarget.dataset;
      const table = this.data.tables[at];
      this.setData({ [`tables[${at}]`]: folded(table, !table.open, this.data.t) });
    },
  },
});

function folded(table, open, t) {
  const many = table.lines.length > FIRST;
  return {
    ...table, series: null, open, many,
    rows: open ? table.lines : table.lines.slice(0, FIRST),
    count: texts.fill(t.rows, { n: table.lines.length }),
    fold: open ? t.less : texts.fill(t.more, { n: table.lines.length }),
  };
}
