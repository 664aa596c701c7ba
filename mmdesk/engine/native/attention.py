"""Rotary embedding and attention, as LLVM code.

Keys are kept in blocks of `lanes` positions, [blocks, head_dim, lanes], so that one load gives one
coordinate of all keys of a block; values are [positions, head_dim]. Each query is computed by
itself and over its own positions in order, so that its result does not depend on its neighbours.
"""

from __future__ import annotations

from llvmlite import ir

from mmdesk.engine.native.isa import Isa
from mmdesk.engine.native.llvm_ir import FLOAT, I64, POINTER, IrWriter, number

MOST_HEADS = 7  # queries that share one reading of keys and values


def head_groups(group: int) -> list[int]:
    """How the heads that share keys are parted: as few parts as MOST_HEADS allows, about equal."""
    parts = -(-group // MOST_HEADS)
    return [group // parts + (part < group % parts) for part in range(parts)]


def write_turn(module: ir.Module, isa: Isa, dim: int) -> ir.Function:
    """turn(x, heads, cosines, sines): turn every head of a row in place."""
    names = {"x": POINTER, "heads": I64, "cosines": POINTER, "sines": POINTER}
    code = IrWriter(module, "turn", names, isa.lanes)
    x, heads, cosines, sines = code.arguments
    b = code.b
    with code.loop(number(0), heads) as turn:
        head = code.place(x, b.mul(turn.index, number(dim)))
        for k in range(0, dim // 2, isa.lanes):
            low, high = number(k), number(k + dim // 2)
            one, other = code.loads(head, low), code.loads(head, high)
            cosine, sine = code.loads(cosines, low), code.loads(sines, low)
            code.store(code.fma(one, cosine, b.fneg(b.fmul(other, sine))), head, low)
            code.store(code.fma(other, cosine, b.fmul(one, sine)), head, high)
    return code.done()


def write_keep(module: ir.Module, isa: Isa, dim: int) -> ir.Function:
    """keep(key, value, keys, values, position): put a head's key and value where they belong."""
    code = IrWriter(
        module,
        "keep",
        {"key": POINTER, "value": POINTER, "keys": POINTER, "values": POINTER, "position": I64},
        isa.lanes,
    )
    key, value, keys, values, position = code.arguments
    b = code.b
    lane = b.and_(position, number(isa.lanes - 1))
    block = code.place(keys, b.add(b.mul(b.sub(position, lane), number(dim)), lane))
    with code.loop(number(0), number(dim)) as turn:
        coordinate = code.load(key, turn.index)
        code.store(coordinate, block, b.mul(turn.index, number(isa.lanes)))
    row = code.place(values, b.mul(position, number(dim)))
    for k in range(0, dim, isa.lanes):
        code.store(code.loads(value, number(k)), row, number(k))
    return code.done()


def write_attend(module: ir.Module, isa: Isa, heads: int, dim: int) -> ir.Function:
    """attendN(q, keys, values, count, scores, room, out): N queries, `dim` apart, over the first
    `count` positions. `scores` has space for N times `room` numbers.
    """
    names = dict.fromkeys(("q", "keys", "values"), POINTER) | {"count": I64}
    names |= {"scores": POINTER, "room": I64, "out": POINTER}
    code = IrWriter(module, f"attend{heads}", names, isa.lanes)
    q, keys, values, count, scores, room, out = code.arguments
    b = code.b
    rows = [code.place(scores, b.mul(number(h), room)) for h in range(heads)]
    lanes = ir.Constant(ir.VectorType(I64, isa.lanes), list(range(isa.lanes)))
    lowest = code.constants(float("-inf"))
    nought = code.constants(0.0)
    scale = code.constants(dim**-0.5)
    with code.loop(number(0), count, isa.lanes, [lowest] * heads) as turn:
        p = turn.index
        block = code.place(keys, b.mul(p, number(dim)))
        with code.loop(number(0), number(dim), 1, [nought] * heads) as inner:
            key = code.loads(block, b.mul(inner.index, number(isa.lanes)))
            for h in range(heads):
                one = code.load(q, b.add(inner.index, number(h * dim)))
                inner.after[h] = code.fma(code.splat(one), key, inner.values[h])
        left = code.splat(b.sub(count, p), lanes.type)
        known = b.icmp_signed("<", lanes, left)
        for h in range(heads):
            score = b.select(known, b.fmul(inner.values[h], scale), lowest)
            code.store(score, rows[h], p)
            turn.after[h] = code.most(score, turn.values[h])
    tops = [code.splat(code.fold(most, code.most)) for most in turn.values]
    with code.loop(number(0), count, isa.lanes, [nought] * heads) as turn:
        p = turn.index
        known = b.icmp_signed("<", lanes, code.splat(b.sub(count, p), lanes.type))
        for h in range(heads):
            weight = code.exp(b.fsub(code.loads(rows[h], p), tops[h]))
            weight = b.select(known, weight, nought)
            code.store(weight, rows[h], p)
            turn.after[h] = b.fadd(turn.values[h], weight)
    sums = [code.fold(total, b.fadd) for total in turn.values]
    parts = range(0, dim, isa.lanes)
    # A few heads at a time: their sums have to fit into the registers.
    several = max(1, isa.sums // len(parts))
    for first in range(0, heads, several):
        some = range(first, min(first + several, heads))
        with code.loop(number(0), count, 1, [nought] * (len(some) * len(parts))) as turn:
            row = code.place(values, b.mul(turn.index, number(dim)))
            value = [code.loads(row, number(k)) for k in parts]
            place = 0
            for h in some:
                weight = code.splat(code.load(rows[h], turn.index))
                for v in value:
                    turn.after[place] = code.fma(weight, v, turn.values[place])
                    place += 1
        place = 0
        for h in some:
            inverse = code.splat(b.fdiv(ir.Constant(FLOAT, 1.0), sums[h]))
            for k in parts:
                mixed = b.fmul(turn.values[place], inverse)
                code.store(mixed, out, number(h * dim + k))
                place += 1
    return code.done()
