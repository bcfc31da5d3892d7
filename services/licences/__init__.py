"""Licences: brought in from the departments that issue them, signed, shown and checked."""
