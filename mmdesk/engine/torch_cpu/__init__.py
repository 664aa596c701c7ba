"""TODO torch_cpu."""
