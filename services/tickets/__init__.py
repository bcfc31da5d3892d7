"""Tickets: bad ratings, complaints and wrong fields, from being opened to being settled."""
