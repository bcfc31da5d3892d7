// Entries of the catalogue in a list, as a search or a shelf gives them: utils/entries.cell.
Component({
  options: { styleIsolation: "apply-shared" },
  properties: { entries: Array },
});
