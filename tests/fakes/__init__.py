"""Stand-ins for what tests cannot or should not run: engines, devices, stores."""
