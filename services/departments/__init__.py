"""One folder a department; the catalogue finds what lies here."""
