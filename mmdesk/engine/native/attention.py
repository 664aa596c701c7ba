"""LLVM IR of norms of heads, rotary position embedding (RoPE), KV cache writes and attention.

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
from mmdesk.engine.native.llvm_ir import FLOAT, HALF, I64, POINTER, IrValue, IrWriter, i64

MAX_GROUP_HEADS = 7  # query heads that share one pass over keys and values


def head_groups(heads: int) -> list[int]:
    """Split the query heads of one KV head into as few, about equal groups as possible."""
    groups = -(-heads // MAX_GROUP_HEADS)
    return [heads // groups + (group < heads % groups) for group in range(groups)]


def write_head_norm(module: ir.Module, isa: Isa, dim: int) -> ir.Function:
    """Write head_norm(x, heads, weight): an RMS norm of every head of a row, in place.

    The weight, [dim], is followed by its epsilon.
    """
    names = {"x": POINTER, "heads": I64, "weight": POINTER}
    code = IrWriter(module, "head_norm", names, isa.lanes)
    x, heads, weight = code.arguments
    b = code.b
    with code.loop(i64(0), heads) as loop:
        head = code.address(x, b.mul(loop.index, i64(dim)))
        squares = code.splat_constant(0.0)
        for k in range(0, dim, isa.lanes):
            value = code.load_vector(head, i64(k))
            squares = code.fma(value, value, squares)
        inverse = code.splat(_inverse_root(code, squares, i64(dim), weight))
        for k in range(0, dim, isa.lanes):
            value = b.fmul(code.load_vector(head, i64(k)), inverse)
            code.store(b.fmul(value, code.load_vector(weight, i64(k))), head, i64(k))
    return code.done()


def write_add_norm(module: ir.Module, isa: Isa) -> ir.Function:
    """Write add_norm(x, added, weight, count): x += the RMS norm of `added`, [count] each.

    The weight is followed by its epsilon.
    """
    names = {"x": POINTER, "added": POINTER, "weight": POINTER, "count": I64}
    code = IrWriter(module, "add_norm", names, isa.lanes)
    x, added, weight, count = code.arguments
    b = code.b
    with code.loop(i64(0), count, isa.lanes, [code.splat_constant(0.0)]) as loop:
        value = code.load_vector(added, loop.index)
        loop.after = [code.fma(value, value, loop.values[0])]
    inverse = code.splat(_inverse_root(code, loop.values[0], count, weight))
    with code.loop(i64(0), count, isa.lanes) as loop:
        k = loop.index
        scaled = b.fmul(code.load_vector(added, k), inverse)
        total = code.fma(scaled, code.load_vector(weight, k), code.load_vector(x, k))
        code.store(total, x, k)
    return code.done()


def _inverse_root(code: IrWriter, squares: IrValue, count: IrValue, weight: IrValue) -> IrValue:
    """Return 1 / sqrt(mean of the squares + epsilon), the epsilon being behind the weight."""
    b = code.b
    mean = b.fdiv(code.reduce(squares, b.fadd), b.sitofp(count, FLOAT))
    variance = b.fadd(mean, code.load(weight, count))
    root = code.intrinsic("llvm.sqrt.f32", FLOAT, [variance])
    return b.fdiv(ir.Constant(FLOAT, 1.0), root)


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


def write_attention(
    module: ir.Module, isa: Isa, heads: int, dim: int, windows: bool = False
) -> ir.Function:
    """Write attentionN(q, keys, values, first, count, scores, capacity, out), N being `heads`.

    The N queries lie `dim` apart and attend to the positions from `first` on and before `count`.
    Without `windows`, `first` must be 0. `scores` has space for N times `capacity` numbers.
    """
    names = dict.fromkeys(("q", "keys", "values"), POINTER) | {"first": I64, "count": I64}
    names |= {"scores": POINTER, "capacity": I64, "out": POINTER}
    code = IrWriter(module, f"attention{heads}", names, isa.lanes)
    q, keys, values, first, count, scores, capacity, out = code.arguments
    b = code.b
    rows = [code.address(scores, b.mul(i64(h), capacity)) for h in range(heads)]
    minus_infinity = code.splat_constant(float("-inf"))
    zero = code.splat_constant(0.0)
    scale = code.splat_constant(dim**-0.5)
    before = first if windows else None
    first = first if windows else i64(0)
    begin = b.and_(first, i64(-isa.lanes)) if windows else first  # keys stand in blocks
    # Scores q k / sqrt(dim), and their maximum per query.
    with code.loop(begin, count, isa.lanes, [minus_infinity] * heads) as loop:
        p = loop.index
        block = code.address(keys, b.mul(p, i64(dim)), HALF)
        with code.loop(i64(0), i64(dim), 1, [zero] * heads) as inner:
            key = code.load_halves(block, b.mul(inner.index, i64(isa.lanes)))
            for h in range(heads):
                one = code.load(q, b.add(inner.index, i64(h * dim)))
                inner.after[h] = code.fma(code.splat(one), key, inner.values[h])
        valid = _valid_lanes(code, p, before, count)
        for h in range(heads):
            score = b.select(valid, b.fmul(inner.values[h], scale), minus_infinity)
            code.store(score, rows[h], p)
            loop.after[h] = code.maximum(score, loop.values[h])
    maxima = [code.splat(code.reduce(most, code.maximum)) for most in loop.values]
    # Softmax weights, and their sum per query.
    with code.loop(begin, count, isa.lanes, [zero] * heads) as loop:
        p = loop.index
        valid = _valid_lanes(code, p, before, count)
        for h in range(heads):
            weight = code.exp(b.fsub(code.load_vector(rows[h], p), maxima[h]))
            weight = b.select(valid, weight, zero)
            code.store(weight, rows[h], p)
            loop.after[h] = b.fadd(loop.values[h], weight)
    sums = [code.reduce(total, b.fadd) for total in loop.values]
    # Weighted sum of the values, a few heads at a time: their accumulators must fit the registers.
    offsets = range(0, dim, isa.lanes)
    several = max(1, isa.accumulators // len(offsets))
    for start in range(0, heads, several):
        some = range(start, min(start + several, heads))
        with code.loop(first, count, 1, [zero] * (len(some) * len(offsets))) as loop:
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


def _valid_lanes(
    code: IrWriter, position: IrValue, first: IrValue | None, count: IrValue
) -> IrValue:
    """Return which positions of a block are before `count`, and not before `first`."""
    b = code.b
    lanes = ir.Constant(ir.VectorType(I64, code.lanes), list(range(code.lanes)))
    valid = b.icmp_signed("<", lanes, code.splat(b.sub(count, position), lanes.type))
    if first is None:
        return valid
    before = code.splat(b.sub(first, position), lanes.type)
    return b.and_(valid, b.icmp_signed(">=", lanes, before))
