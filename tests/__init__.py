"""The stories the product must tell, told through its real doors."""
