"""LLVM IR of rotary position embedding (RoPE), KV cache writes and attention.

Keys and values are rounded to float16 when they are stored, which halves the memory that a token of
a long text reads; all sums are float32. (bfloat16 would be three bits coarser. With 8 bits and a
scale for each key, a few large coordinates of Qwen2's keys leave little of the others.)

Keys are stored in blocks of `lanes` positions, [blocks, head_dim, lanes], so that one load gives
one coordinate of all keys of a block. Values are [positions, head_dim]. Each query is computed by
itself and over its own positions in order, so its result does not depend on the other rows.
"""

from __future__ import annotations

from llvmlite import ir

from mmdesk.engine.native.isa import Isa
from mmdesk.engine.native.llvm_ir import FLOAT, HALF, I64, POINTER, IrWriter, i64

MAX_GROUP_HEADS = 7  # query heads that share one pass over keys and values


def head_groups(heads: int) -> list[int]:
    """Split the query heads of one KV head into as few, about equal groups as possible."""
    groups = -(-heads // MAX_GROUP_HEADS)
    return [heads // groups + (group < heads % groups) for group in range(groups)]


def write_rope(module: ir.Module, isa: Isa, dim: int) -> ir.Function:
    """Write rope(x, heads, cosines, sines), which rotates every head of a row in place."""
    names = {"x": POINTER, "heads": I64, "cosines": POINTER, "sines": POINTER}
    code = IrWriter(module, "rope", names, isa.lanes)
    x, heads, cosines, sines = code.arguments
    b = code.b
    with code.loop(i64(0), heads) as loop:
        head = code.address(x, b.mul(loop.index, i64(dim)))
        for k in range(0, dim // 2, isa.lanes):
            low, high = i64(k), i64(k + dim // 2)
            one, other = code.load_vector(head, low), code.load_vector(head, high)
            cosine, sine = code.load_vector(cosines, low), code.load_vector(sines, low)
            code.store(code.fma(one, cosine, b.fneg(b.fmul(other, sine))), head, low)
            code.store(code.fma(other, cosine, b.fmul(one, sine)), head, high)
    return code.done()


def write_kv_store(module: ir.Module, isa: Isa, dim: int) -> ir.Function:
    """Write kv_store(key, value, keys, values, position): one head's key and value to the cache."""
    code = IrWriter(
        module,
        "kv_store",
        {"key": POINTER, "value": POINTER, "keys": POINTER, "values": POINTER, "position": I64},
        isa.lanes,
    )
    key, value, keys, values, position = code.arguments
    b = code.b
    lane = b.and_(position, i64(isa.lanes - 1))
    block = code.address(keys, b.add(b.mul(b.sub(position, lane), i64(dim)), lane), HALF)
    with code.loop(i64(0), i64(dim)) as loop:
        coordinate = code.to_half(code.load(key, loop.index))
        code.store(coordinate, block, b.mul(loop.index, i64(isa.lanes)))
    row = code.address(values, b.mul(position, i64(dim)), HALF)
    for k in range(0, dim, isa.lanes):
        code.store(code.to_half(code.load_vector(value, i64(k))), row, i64(k))
    return code.done()


def write_attention(module: ir.Module, isa: Isa, heads: int, dim: int) -> ir.Function:
    """Write attentionN(q, keys, values, count, scores, capacity, out) for N = `heads` queries.

    The queries lie `dim` apart and attend to the first `count` positions. `scores` has space for
    N times `capacity` numbers.
    """
    names = dict.fromkeys(("q", "keys", "values"), POINTER) | {"count": I64}
    names |= {"scores": POINTER, "capacity": I64, "out": POINTER}
    code = IrWriter(module, f"attention{heads}", names, isa.lanes)
    q, keys, values, count, scores, capacity, out = code.arguments
    b = code.b
    rows = [code.address(scores, b.mul(i64(h), capacity)) for h in range(heads)]
    lanes = ir.Constant(ir.VectorType(I64, isa.lanes), list(range(isa.lanes)))
    minus_infinity = code.splat_constant(float("-inf"))
    zero = code.splat_constant(0.0)
    scale = code.splat_constant(dim**-0.5)
    # Scores q k / sqrt(dim), and their maximum per query.
    with code.loop(i64(0), count, isa.lanes, [minus_infinity] * heads) as loop:
        p = loop.index
        block = code.address(keys, b.mul(p, i64(dim)), HALF)
        with code.loop(i64(0), i64(dim), 1, [zero] * heads) as inner:
            key = code.load_halves(block, b.mul(inner.index, i64(isa.lanes)))
            for h in range(heads):
                one = code.load(q, b.add(inner.index, i64(h * dim)))
                inner.after[h] = code.fma(code.splat(one), key, inner.values[h])
        left = code.splat(b.sub(count, p), lanes.type)
        valid = b.icmp_signed("<", lanes, left)
        for h in range(heads):
            score = b.select(valid, b.fmul(inner.values[h], scale), minus_infinity)
            code.store(score, rows[h], p)
            loop.after[h] = code.maximum(score, loop.values[h])
    maxima = [code.splat(code.reduce(most, code.maximum)) for most in loop.values]
    # Softmax weights, and their sum per query.
    with code.loop(i64(0), count, isa.lanes, [zero] * heads) as loop:
        p = loop.index
        valid = b.icmp_signed("<", lanes, code.splat(b.sub(count, p), lanes.type))
        for h in range(heads):
            weight = code.exp(b.fsub(code.load_vector(rows[h], p), maxima[h]))
            weight = b.select(valid, weight, zero)
            code.store(weight, rows[h], p)
            loop.after[h] = b.fadd(loop.values[h], weight)
    sums = [code.reduce(total, b.fadd) for total in loop.values]
    # Weighted sum of the values, a few heads at a time: their accumulators must fit the registers.
    offsets = range(0, dim, isa.lanes)
    several = max(1, isa.accumulators // len(offsets))
    for first in range(0, heads, several):
        some = range(first, min(first + several, heads))
        with code.loop(i64(0), count, 1, [zero] * (len(some) * len(offsets))) as loop:
            row = code.address(values, b.mul(loop.index, i64(dim)), HALF)
            value = [code.load_halves(row, i64(k)) for k in offsets]
            slot = 0
            for h in some:
                weight = code.splat(code.load(rows[h], loop.index))
                for v in value:
                    loop.after[slot] = code.fma(weight, v, loop.values[slot])
                    slot += 1
        slot = 0
        for h in some:
            inverse = code.splat(b.fdiv(ir.Constant(FLOAT, 1.0), sums[h]))
            for k in offsets:
                mean = b.fmul(loop.values[slot], inverse)
                code.store(mean, out, i64(h * dim + k))
                slot += 1
    return code.done()
