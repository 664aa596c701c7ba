"""Model parts on disk: what there is, where it comes from, and that it is what it should be."""
