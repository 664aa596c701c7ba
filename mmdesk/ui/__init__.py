"""The window's widgets. They know values (messages, settings, errors) and nothing that computes."""
