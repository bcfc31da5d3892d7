"""The tax department."""
