// A small face that shows what to do: it moves as the person should, as in a mirror.
// ``pose``: front, left, right, down, shut or open.
Component({
  options: { styleIsolation: "apply-shared" },
  properties: { pose: String },
});
