"""Partners: who they are, what they may ask for, their keys, and their life as clients."""
