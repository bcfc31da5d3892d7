"""Faces: a tier of its own. Callers import ``client`` and ``errors``; the rest is the process."""
