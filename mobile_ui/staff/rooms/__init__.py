"""One file for each kind of work: its pages, how they are shown and what can be done on them."""
