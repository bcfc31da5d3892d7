"""Tables of services. None yet: a query keeps nothing, and its read stands in identity's audit."""
