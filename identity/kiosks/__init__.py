"""Kiosks: enrolled terminals, their short sessions, and the hand-off to a phone."""
