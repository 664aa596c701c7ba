"""A picture or a sound becomes words."""
