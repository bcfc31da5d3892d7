"""Being known by a bank card: four things belong together, and a code proves the telephone."""
