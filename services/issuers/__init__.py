"""Who signs: the house's certificate authority, its departments, and issuers that we recognise."""
