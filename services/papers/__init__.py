"""Sealed documents: their pages, the seal that is seen, and the signature that is checked."""
