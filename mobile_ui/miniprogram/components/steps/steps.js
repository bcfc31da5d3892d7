// Where one is in a short row of steps. ``at`` counts from 0.
Component({
  options: { styleIsolation: "apply-shared" },
  properties: { names: Array, at: Number, label: String },
});
