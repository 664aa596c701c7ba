"""int8 forward pass of language models as machine code, of the families in engine/families.py.

The code is generated as LLVM IR for this processor's instruction set and compiled when the model is
loaded. Nothing here needs torch.
"""
