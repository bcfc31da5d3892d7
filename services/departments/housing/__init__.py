"""The real-estate register."""
