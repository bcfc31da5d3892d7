"""Public security: residence permits."""
