"""Payable services: what an office asks is reckoned, paid, and then entered at the office, once."""
