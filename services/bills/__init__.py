"""Medical-insurance mobile payment: a hospital's bill, shared between insurance and cash."""
