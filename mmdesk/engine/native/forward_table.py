"""Tables through which a forward pass gets its numbers and the addresses of everything else."""

from __future__ import annotations

from enum import IntEnum, auto

OUTPUTS_PER_ITEM = 64  # weight rows of a matmul in one work item
STEPS_PER_LAYER = 20  # counters per layer
COUNTER_STRIDE = 8  # 64-bit numbers from one counter to the next: a cache line


class Slot(IntEnum):
    """Entries in the table of one forward pass (64-bit numbers, most of them addresses)."""

    HIDDEN = 0  # float32 [rows, hidden]
    QUANTIZED = auto()  # quantised activations, [rows, the widest input]
    PACKED = auto()  # the same once more, in the order of matmul_amx.py
    ACT_SCALE = auto()  # float32 [rows]
    ACT_OFFSET = auto()  # float32 [rows]
    QKV = auto()  # float32 [rows, (heads + 2 kv_heads) * head_dim]
    ATTENTION_OUT = auto()  # float32 [rows, heads * head_dim]
    GATE_UP = auto()  # float32 [rows, 2, inner]
    ADDED = auto()  # float32 [rows, hidden], what is normed before it is added to HIDDEN
    CONV = auto()  # float32 [rows, 3, hidden]
    SCORES = auto()  # float32 [threads, MAX_GROUP_HEADS, capacity]
    ROPES = auto()  # addresses of ROPE_TABLES tables for each kind, float32 [rows, head_dim / 2]
    LAYERS = auto()  # the tables of the layers, one after another
    KV_CACHES = auto()  # addresses of keys and values, or of a convolution's ring and 0
    COUNTERS = auto()  # zeros, COUNTER_STRIDE * (STEPS_PER_LAYER * (layers + 1))
    BARRIER = auto()  # zeros, COUNTER_STRIDE apart: threads here, rounds, spins beyond SPIN_CYCLES
    ROWS = auto()
    PAST_TOKENS = auto()  # tokens in the KV cache before these
    CAPACITY = auto()  # positions that the KV caches have memory for
    THREADS = auto()
    LOGIT_ROWS = auto()
    LOGITS = auto()  # float32 [logit rows, vocabulary]
    FINAL_NORM = auto()
    LM_HEAD = auto()  # weight, scale, row sums
    LM_HEAD_SCALE = auto()
    LM_HEAD_SUMS = auto()
    ZEROS = auto()  # as many as any matrix has outputs
    UNPACKED = auto()  # int8 [threads, OUTPUTS_PER_ITEM, the widest input]


ROPE_TABLES = 4  # cosines and sines of queries, cosines and sines of keys
# Entries of one layer: the number of its kind of RoPE, and its window; the weight of its short
# convolution, 0 without one; a norm's weight, followed by its epsilon; a matrix's weight or 4-bit
# codes, scale, row sums, bias and the codes' groups, 0 with int8 weights.
ROPE_KIND, WINDOW, CONV_WEIGHT = range(3)
NORM_NAMES = "norm_in", "norm_mlp", "q", "k", "norm_attention_out", "norm_mlp_out"
NORMS = {name: 3 + n for n, name in enumerate(NORM_NAMES)}
MATRIX_SLOTS = 5
MATRICES = {
    name: 3 + len(NORMS) + MATRIX_SLOTS * n
    for n, name in enumerate(("q", "k", "v", "o", "gate", "up", "down", "conv_in"))
}
LAYER_SLOTS = 3 + len(NORMS) + MATRIX_SLOTS * len(MATRICES)
