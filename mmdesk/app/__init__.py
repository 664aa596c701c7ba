"""Composition of the application: start-up, the window with everything behind it, and its end."""
