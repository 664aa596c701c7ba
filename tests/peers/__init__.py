"""Frequent complaints about similar applications, and proof that mmdesk has none of them."""
