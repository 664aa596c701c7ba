"""Llama and Qwen2 models on a CPU with torch, where the native code cannot run."""
