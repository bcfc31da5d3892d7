"""The housing provident fund centre."""
