"""A resident's electronic signature on a document: shown, confirmed afresh, signed, attached."""
