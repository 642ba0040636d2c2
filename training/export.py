"""Turns a trained ranker into the int8 ONNX file that is shipped.

    python -m training.export --weights FOLDER --network RANKER.pt --out models/evidence-minilm.onnx

Weights are rounded to int8, with scales, and nothing else is: rounding what flows
between the layers as well moved scores by up to 0.8 with the company in a batch. Prints how far
the scores of a few pairs move by it, the size and the sha256 for the catalogue.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper, numpy_helper

from training.ranker import Ranker, load_encoder, load_tokenizer

FLOAT = onnx.TensorProto.FLOAT
SMALL = 64
"""Matrices with a narrower side than this stay exact; they are no size at all."""

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
PAIRS = [
    ("How many parameters does it train?", "A title. It trains 0.5 % of the parameters."),
    ("How many parameters does it train?", "A title. It is trained on a laptop."),
    ("Which data set was used?", "Another title. We evaluate on SQuAD, and on two others."),
    ("Which data set was used?", "Another title. Cells divide twice a day."),
]


def export(network: Ranker, path: Path) -> None:
    """Write the network as ONNX: three inputs of shape (rows, tokens), scores (rows, 1)."""
    ids, mask, types = (torch.ones(2, 8, dtype=torch.int64) for _ in INPUTS)
    mask[1, 4:] = 0  # of an example without padding the network would learn to ignore the mask
    example = (ids, mask, types)
    axes = {name: {0: "rows", 1: "tokens"} for name in INPUTS}
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        torch.onnx.export(
            _Column(network).eval(),
            example,
            str(full),
            input_names=list(INPUTS),
            output_names=["scores"],
            dynamic_axes={**axes, "scores": {0: "rows"}},
            opset_version=17,
            dynamo=False,
        )
        model = onnx.load(full)
    round_weights(model.graph)
    onnx.save(model, path)


def round_weights(graph: onnx.GraphProto) -> None:
    """Put int8 weights, and nodes that scale them back, in the place of the matrices of a graph.

    A matrix that vectors are multiplied with has a scale for each column, a table of vectors
    that are looked up one for each row.
    """
    for exact in list(graph.initializer):
        matrix = numpy_helper.to_array(exact)
        if matrix.ndim != 2 or matrix.dtype != np.float32 or min(matrix.shape) < SMALL:
            continue
        (user,) = [node for node in graph.node if exact.name in node.input]
        table = user.op_type == "Gather"
        most = np.abs(matrix).max(axis=1 if table else 0, keepdims=True)
        scale = np.maximum(most, 1e-12).astype(np.float32) / 127
        whole, factor = f"{exact.name}.int8", f"{exact.name}.scale"
        graph.initializer.remove(exact)
        graph.initializer.append(
            numpy_helper.from_array(np.rint(matrix / scale).astype(np.int8), whole)
        )
        graph.initializer.append(numpy_helper.from_array(scale, factor))
        place = list(graph.node).index(user)
        out = user.output[0] if table else exact.name
        nodes = [_node("Cast", [whole], f"{out}.cast", to=FLOAT)]
        if table:
            graph.node.remove(user)
            picked = [
                _node("Gather", [name, user.input[1]], f"{out}.{name}") for name in (whole, factor)
            ]
            nodes = [*picked, _node("Cast", [picked[0].output[0]], f"{out}.cast", to=FLOAT)]
            factor = picked[1].output[0]
        for node in reversed([*nodes, _node("Mul", [f"{out}.cast", factor], out)]):
            graph.node.insert(place, node)


def _node(kind: str, inputs: list[str], output: str, **attributes: int) -> onnx.NodeProto:
    return helper.make_node(kind, inputs, [output], **attributes)


class _Column(torch.nn.Module):
    """The ranker with its scores in a column, as networks of one output are written."""

    def __init__(self, network: Ranker) -> None:
        super().__init__()
        self.network = network

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        return self.network(input_ids, attention_mask, token_type_ids).unsqueeze(-1)


def main() -> None:
    """Export with the arguments of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--weights", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--network", type=Path, required=True, help="what training.ranker wrote")
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    network = Ranker(load_encoder(chosen.weights))
    network.load_state_dict(torch.load(chosen.network, weights_only=True))
    export(network, chosen.out)
    tokenizer = load_tokenizer(chosen.weights)
    tokenizer.enable_padding()
    encodings = tokenizer.encode_batch(PAIRS)
    inputs = (
        torch.tensor([encoding.ids for encoding in encodings]),
        torch.tensor([encoding.attention_mask for encoding in encodings]),
        torch.tensor([encoding.type_ids for encoding in encodings]),
    )
    with torch.no_grad():
        exact = network.eval()(*inputs)
    session = onnxruntime.InferenceSession(chosen.out)
    rounded = session.run(
        None, {name: rows.numpy() for name, rows in zip(INPUTS, inputs, strict=True)}
    )[0]
    for pair, one, other in zip(PAIRS, exact.tolist(), rounded[:, 0].tolist(), strict=True):
        print(f"{one:+.2f} {other:+.2f}  {pair}")
    print(f"size_bytes = {chosen.out.stat().st_size}")
    print(f'sha256 = "{hashlib.sha256(chosen.out.read_bytes()).hexdigest()}"')


if __name__ == "__main__":
    main()
