"""Weights of a BERT out of an ONNX file, for ``benchmarks/text_zoo.py``: as many fields of protobuf as that takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch

GRAPH = 7  # fields of ModelProto, GraphProto, NodeProto and TensorProto, as onnx.proto numbers them
NODE, INITIALIZER = 1, 5
NODE_INPUT, NODE_NAME, NODE_OP = 1, 3, 4
DIMS, DATA_TYPE, TENSOR_NAME, RAW = 1, 2, 8, 9
FLOAT = 1
PREFIX = "model.0.auto_model."


def bert_weights(path: Path) -> dict[str, torch.Tensor]:
    """Return the weights of a sentence-transformers BERT under the names of transformers.

    Matrices of linear layers are stored transposed and without a name: the node that multiplies by one has the layer's.
    """
    graph = next(value for field, value in _fields(memoryview(path.read_bytes())) if field == GRAPH)
    tensors: dict[str, torch.Tensor] = {}
    layers: dict[str, str] = {}
    for field, value in _fields(graph):
        if field == INITIALIZER:
            name, tensor = _tensor(value)
            tensors[name] = tensor
        elif field == NODE:
            found = [
                (at, bytes(part).decode()) for at, part in _fields(value) if at in (NODE_INPUT, NODE_NAME, NODE_OP)
            ]
            (operation,) = (text for at, text in found if at == NODE_OP)
            (name,) = (text for at, text in found if at == NODE_NAME)
            if operation == "MatMul":
                layers[[text for at, text in found if at == NODE_INPUT][1]] = name
    weights = {}
    for name, tensor in tensors.items():
        if name.startswith(PREFIX):
            weights[name.removeprefix(PREFIX)] = tensor
        elif name in layers:  # /model/model.0/auto_model/encoder/layer.0/attention/self/query/MatMul
            layer = layers[name].removeprefix("/model/model.0/auto_model/").removesuffix("/MatMul").replace("/", ".")
            weights[f"{layer}.weight"] = tensor.T.contiguous()
    return weights


def _tensor(value: memoryview) -> tuple[str, torch.Tensor]:
    shape, name, raw, kind = [], "", b"", 0
    for field, part in _fields(value):
        if field == DIMS:
            shape += [part] if isinstance(part, int) else list(_numbers(part))
        elif field == DATA_TYPE:
            kind = part
        elif field == TENSOR_NAME:
            name = bytes(part).decode()
        elif field == RAW:
            raw = part
    if kind != FLOAT:
        return name, torch.empty(0)
    return name, torch.from_numpy(np.frombuffer(raw, dtype="<f4").reshape(shape).copy())


def _numbers(data: memoryview) -> Iterator[int]:
    at = 0
    while at < len(data):
        value, at = _number(data, at)
        yield value


def _number(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def _fields(data: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    """Yield the number and the value of each field of a message."""
    at = 0
    while at < len(data):
        key, at = _number(data, at)
        kind = key & 7
        if kind == 0:
            value, at = _number(data, at)
            yield key >> 3, value
            continue
        length = {1: 8, 5: 4}.get(kind)
        if length is None:
            length, at = _number(data, at)
        yield key >> 3, data[at : at + length]
        at += length
