"""Market regulation: names and registrations of businesses."""
