"""Public security: resident cards and residence permits."""
