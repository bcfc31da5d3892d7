"""Tables of services, step by step; written by `make migration`, applied by the release."""
