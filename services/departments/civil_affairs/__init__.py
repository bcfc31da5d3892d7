"""The civil affairs bureau."""
