"""Records put right at the counter: two members of staff merge, split or rename.

    a clerk or supervisor proposes, with the papers in hand → a supervisor, another person, looks
    at them too and confirms or refuses, within seven days

Whoever is concerned reads it in their activity and is told. What a proposal holds of a person is
emptied when it ends.
"""
