"""int8 forward pass of Llama and Qwen2 models as machine code.

The code is generated as LLVM IR for this processor's instruction set and compiled when the model is
loaded. Nothing here needs torch.
"""
