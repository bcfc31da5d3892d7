"""Applications: asked for once, seen by resident, window and departments as one case."""
