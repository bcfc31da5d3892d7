// What the house's answer means for the person at the counter.

const REFUSALS = [
  "presentation-unreadable", "presentation-unknown", "presentation-used", "presentation-late",
  "licence-not-in-force", "request-invalid",
];
export const FOREIGN = "presentation-foreign";

/** good or refused where the house judged what was shown. null where it did not (too many questions,
 * a fault, another province's licence): that says nothing against the licence, and the keys decide. */
export function wordOf(ok, said) {
  if (ok) return "good";
  return REFUSALS.includes(said.code) ? "refused" : null;
}
