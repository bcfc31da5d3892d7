"""Materials of applications: judged by what they are, sealed, and asked of a resident only once."""
