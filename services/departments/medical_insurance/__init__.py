"""The medical insurance department."""
