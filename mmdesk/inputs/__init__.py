"""A file, bytes or a device becomes a validated, bounded value. No models here."""
