"""The traffic police: licences, points and violations."""
