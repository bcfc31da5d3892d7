"""The catalogue's items as people and law know them: standard, places, editions, edits."""
