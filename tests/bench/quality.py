"""Quality of quantised weights.

`python -m tests.bench.quality OTHER [--model ID] [--tokens N] [--questions]` measures perplexity on
held-out English and Chinese (tests/fixtures/texts), of the installed weights in int4 or int8 and of
what they were made from (OTHER: a folder in bfloat16, computed in fp32, see weights.py; or one in
int8). With `--questions` the greedy answers to prompts.py as well, where they differ. Prints
one JSON object.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path
from typing import Any

import torch

from mmdesk.engine.decoder import Decoder
from mmdesk.engine.default_parts import LANGUAGE
from mmdesk.engine.llm.tokenizer import ChatTokenizer
from mmdesk.engine.model_config import read_config
from mmdesk.engine.native.load_weights import load_native
from mmdesk.engine.torch_cpu.weights import load_decoder
from mmdesk.models.model_store import ModelStore
from tests.bench.prompts import PROMPTS
from tests.bench.rivals import ROOT, THREADS

TEXTS = ("honeybee.txt", "panda.zh.txt")
WINDOW = 1024  # tokens read at once; each window begins anew
ANSWER = 48  # tokens


def loaded(folder: Path) -> Decoder:
    """Return a model in int4 or int8 as it is stored, else in fp32."""
    model = load_native(folder, read_config(folder), THREADS)
    return model or load_decoder(folder, "fp32", THREADS)


def loss(model: Decoder, ids: list[int]) -> tuple[float, int]:
    """(negative log likelihood in nats, tokens it is the sum over)."""
    total, count = 0.0, 0
    with torch.inference_mode():
        for start in range(0, len(ids) - 1, WINDOW):
            window = ids[start : start + WINDOW]
            cache = model.new_cache()
            for place in range(0, len(window), 256):  # the logits of all would fill the memory
                piece = window[place : place + 256]
                logits = torch.from_numpy(model.forward(piece, cache, len(piece)))
                following = torch.tensor(window[place + 1 : place + 257])
                known = logits[: len(following)].log_softmax(-1)
                total -= float(known.gather(1, following[:, None]).sum())
                count += len(following)
    return total, count


def answer(model: Decoder, tokenizer: ChatTokenizer, question: str) -> str:
    chat = [{"role": "user", "content": question}]
    ids = tokenizer(tokenizer.apply_chat_template(chat, add_generation_prompt=True), False)
    cache, told = model.new_cache(), []
    piece = ids["input_ids"]
    with torch.inference_mode():
        while len(told) < ANSWER:
            piece = [int(model.forward(piece, cache)[0].argmax())]
            if piece[0] == tokenizer.eos_token_id:
                break
            told += piece
    return tokenizer.decode(told, skip_special_tokens=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("other", type=Path)
    parser.add_argument("--model", default=LANGUAGE)
    parser.add_argument("--tokens", type=int, default=4000, help="of each text")
    parser.add_argument("--questions", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(THREADS)
    installed = ModelStore().path(options.model)
    tokenizer = ChatTokenizer(installed)
    texts = {
        name: tokenizer((ROOT / "tests/fixtures/texts" / name).read_text(encoding="utf-8"), False)[
            "input_ids"
        ][: options.tokens]
        for name in TEXTS
    }
    told: dict[str, Any] = {"tokens": {name: len(ids) for name, ids in texts.items()}}
    answers: dict[str, list[str]] = {}
    sums: dict[str, float] = {}
    for kind, folder in (("installed", installed), ("other", options.other)):
        model = loaded(folder)
        losses = {name: loss(model, ids) for name, ids in texts.items()}
        total = [sum(part) for part in zip(*losses.values(), strict=True)]
        sums[kind] = total[0] / total[1]
        told[kind] = {name: round(math.exp(n / c), 3) for name, (n, c) in losses.items()}
        told[kind] |= {"bytes_per_token": model.weight_bytes}
        if options.questions:
            answers[kind] = [answer(model, tokenizer, question) for question in PROMPTS]
        del model
    told["perplexity_ratio"] = round(math.exp(sums["installed"] - sums["other"]), 4)
    if options.questions:
        pairs = list(zip(PROMPTS, answers["installed"], answers["other"], strict=True))
        told["same"] = sum(ours == exact for _, ours, exact in pairs)
        told["differing"] = [pair for pair in pairs if pair[1] != pair[2]]
    print(json.dumps(told, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
