"""The outside world, played over real HTTP: a population register and two departments.

A separate Sanic application with its own database and keys. It imports ``config`` only, is
imported by nobody, and refuses to start in production. See docs/sandbox.md.
"""
