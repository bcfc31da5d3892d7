// The fields somebody asks for, as a resident chooses among them: give, a narrower answer, nothing.

const texts = require("./texts");

const NOTHING = "";

/**
 * Rows from the server's ``scopes``: [{id, title, about, sensitivity, level, given, instead}].
 * What was asked is chosen beforehand, what was refused before is not; sensitive data never is:
 * that is agreed to separately (PIPL art. 29).
 */
function rows(scopes) {
  const t = texts.of("asked");
  return scopes.map((scope) => {
    const sensitive = scope.sensitivity === "high";
    const chosen = scope.given === false || (sensitive && scope.given !== true) ? NOTHING : scope.id;
    return dressed({
      ...scope, chosen, instead: scope.instead || [], sensitive,
      marks: `${t.sensitivity[scope.sensitivity] || ""} · ${texts.fill(t.level, { n: scope.level })}`,
    }, t);
  });
}

/** The row with its answers, one of them chosen. */
function dressed(row, t) {
  const answers = [
    { value: row.id, text: t.give },
    ...row.instead.map((one) => ({ value: one.id, text: texts.fill(t.only, one) })),
    { value: NOTHING, text: t.keep },
  ];
  return { ...row, answers: answers.map((one) => ({ ...one, on: one.value === row.chosen })) };
}

/** The rows after somebody chose ``value`` for the field ``id``. */
function choose(all, id, value) {
  const t = texts.of("asked");
  return all.map((row) => (row.id === id ? dressed({ ...row, chosen: value }, t) : row));
}

const given = (all) => [...new Set(all.map((row) => row.chosen).filter(Boolean))];

module.exports = { rows, choose, given };
