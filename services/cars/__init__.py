"""One-key move-car: a code on the windscreen, and a way to the owner that shows nobody's number."""
