"""Members of staff: accounts, roles in a region, two factors, nobody above the rules.

``python -m identity.staff create-administrator LOGIN`` makes the first account;
``python -m identity.staff departments LOGIN DEPARTMENT …`` says whose cases somebody works on.
"""
