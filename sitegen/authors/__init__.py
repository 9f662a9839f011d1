"""Finds printed names that are likely the same person's, for a site's owner to decide on."""
