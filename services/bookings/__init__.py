"""Appointments at offices: seats that nobody gets twice, two who confirm, a line that is fair."""
