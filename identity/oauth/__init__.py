"""The OAuth 2.1 / OpenID Connect provider: one endpoint a file, each a list of named checks."""
