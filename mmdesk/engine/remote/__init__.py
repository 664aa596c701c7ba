"""Engine on another computer: any server with the OpenAI-compatible API."""
