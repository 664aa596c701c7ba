"""LLVM IR of the barrier at which the threads of a forward pass wait for each other."""

from __future__ import annotations

from llvmlite import ir

from mmdesk.engine.native.forward_table import COUNTER_STRIDE
from mmdesk.engine.native.llvm_ir import I64, POINTER, VOID, IrWriter, i64

# Cycles of spinning at the barrier, one or two milliseconds, before the core is offered to others.
# No work item takes as long, so a thread that has not arrived by then has lost its own core.
SPIN_CYCLES = 5_000_000


def write_barrier(module: ir.Module) -> ir.Function:
    """Write barrier(state, threads), which returns when all threads have arrived."""
    yield_thread = ir.Function(module, ir.FunctionType(VOID, []), "yield_thread")
    code = IrWriter(module, "barrier", {"state": POINTER, "threads": I64})
    state, threads = code.arguments
    b = code.b
    rounds = code.address(state, i64(COUNTER_STRIDE), I64)
    before = b.load_atomic(rounds, "seq_cst", 8, typ=I64)
    since = code.intrinsic("llvm.readcyclecounter", I64, [])
    arrived = b.add(b.atomic_rmw("add", state, i64(1), "seq_cst"), i64(1))
    with b.if_else(b.icmp_signed("==", arrived, threads)) as (last, others):
        with last:
            b.atomic_rmw("xchg", state, i64(0), "seq_cst")
            b.atomic_rmw("add", rounds, i64(1), "seq_cst")
        with others:
            wait = b.append_basic_block("wait")
            again = b.append_basic_block("again")
            done = b.append_basic_block("over")
            b.branch(wait)
            b.position_at_end(wait)
            now = b.load_atomic(rounds, "seq_cst", 8, typ=I64)
            b.cbranch(b.icmp_signed("==", now, before), again, done)
            b.position_at_end(again)
            code.intrinsic("llvm.x86.sse2.pause", VOID, [])
            waited = b.sub(code.intrinsic("llvm.readcyclecounter", I64, []), since)
            with b.if_then(b.icmp_signed(">", waited, i64(SPIN_CYCLES))):
                late = code.address(state, i64(2 * COUNTER_STRIDE), I64)
                b.atomic_rmw("add", late, i64(1), "seq_cst")
                b.call(yield_thread, [])
            b.branch(wait)
            b.position_at_end(done)
    function = code.done()
    function.attributes.add("noinline")
    return function
