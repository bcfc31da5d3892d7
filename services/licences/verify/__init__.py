"""Checking a licence that somebody shows, with public keys alone and no line to anybody.

Stand-alone: this folder imports nothing of the house, only openvc. ``python -m
services.licences.verify`` is the command; the house's own check reads presentations here too.
"""
