"""Repos and listings that are damaged in what they say of themselves: drawn from what a stranger may upload or a Hub
may answer.
"""

from __future__ import annotations

import json
import random
import struct
from typing import Any

DEEP = 5000
JSON_VALUES = [
    *("NaN", "Infinity", "1e400", "-1e400", "[" * DEEP, '{"a":' * DEEP, '"\\ud800"', "null", "[]", "{}", '"x"', "-1"),
    *("1" * 5000, "9" * 3000, "9" * 30, "true", "[[[]]]", "[1]", '{"a": {"b": NaN}}', "\x00", "{"),
]
CONFIG = {
    "architectures": ["ResNetForImageClassification"],
    "model_type": "resnet",
    "auto_map": {},
    "pretrained_cfg": {"num_classes": 5},
    "architecture": "resnet18",
    "num_classes": 3,
    "id2label": {"0": "a"},
}
ALIAS_BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30)
)
MERGE_BOMB = "m0: &m0 {k: v}\n" + "".join(
    f"m{i}: &m{i} {{<<: [{','.join([f'*m{i - 1}'] * 9)}]}}\n" for i in range(1, 30)
)
ALIAS_CHAIN = "a0: &a0 [1]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 3000))
YAML_VALUES = [
    *(".nan", ".inf", "[" * 3000, "{" * 3000, "*x", "&x [*x]", "1e400", "0x" + "f" * 5000, "2024-99-99"),
    *("!!python/object/apply:os.system [touch executed]", "{a: {b: .nan}}", "[1, {a: b}]", "!!set {a}"),
    *("!!binary '##'", "? [1]\n: 2", "- " * 3000, "'\x01'", '"\\ud800"', "~", "true", "5", "1:" * 5000 + "1"),
    *("!!float x", "!!timestamp x", "!!int ''", "!!bool x", "!!omap [a]", "=", "[a, b]", "text", "{}"),
]
CARD_FIELDS = (
    "license library_name pipeline_tag tags datasets base_model base_model_relation model-index language metrics self"
    " ignore_metadata_errors dataset_info sdk eval_results widget task_categories configs"
).split()
SHAPES = [
    *("[3, 4]", "[-1]", "[1e400]", "[NaN]", f"[{'9' * 4000}]", "[9999999999999999999999]", '["a"]', "null", "[[3]]"),
    *("[" * 3000, "[true]", "{}", f"[{','.join(['99999999'] * 5000)}]"),
]
INDEXES = [
    *('{"weight_map": []}', '{"weight_map": {"a": []}}', '{"weight_map": {"a": "../../etc/passwd"}}', "[" * DEEP),
    *('{"weight_map": NaN}', '{"weight_map": {"a": "model-00001.safetensors", "b": 5}}', '{"weight_map": "x"}', "NaN"),
    '{"metadata": {"total_size": 1e400}, "weight_map": {}}',
]
SIDECARS = [
    *('{"downloads": NaN}', '{"downloads": "many", "likes": -5}', "[" * DEEP, '{"createdAt": 5}', '{"likes": 1e400}'),
    *('{"createdAt": "yesterday"}', '{"lastModified": "9999-99"}', f'{{"downloads": {"9" * 40}}}'),
    *('{"createdAt": "0001-01-01T00:00:00+23:00"}', '{"downloads": 5, "likes": true}', '{"createdAt": "\\ud800"}'),
]
EVALUATIONS = [
    *("[" * 3000, ALIAS_BOMB, "- {a: .nan}", "5", "- [1]", "text", "- dataset: {id: 5}", "- {dataset: x, value: y}"),
    "- {}",
]
LISTED: dict[str, Any] = {
    "id": "lab/net",
    "sha": "0" * 40,
    "tags": ["timm", "safetensors"],
    "siblings": [{"rfilename": "config.json"}, {"rfilename": "model.safetensors"}],
    "config": {"architecture": "test_resnet", "pretrained_cfg": {"num_classes": 5}},
    "safetensors": {"parameters": {"F32": 4000}, "total": 4000},
    "library_name": "timm",
    "gated": False,
    "private": False,
    "disabled": False,
    "downloads": 3,
    "likes": 1,
    "pipeline_tag": "image-classification",
    "cardData": {"license": "mit"},
    "createdAt": "2022-03-02T23:29:04.000Z",
    "lastModified": "2022-03-02T23:29:04.000Z",
}


def damaged_files(rng: random.Random) -> dict[str, bytes | str]:
    """The files of a repo of which one or several are damaged."""
    files: dict[str, bytes | str] = {"other.txt": "x"}
    if rng.random() < 0.7:
        files["README.md"] = _readme(rng)
    if rng.random() < 0.8:
        files["config.json"] = _config(rng)
    kind = rng.random()
    if kind < 0.5:
        files["model.safetensors"] = _safetensors(rng)
    elif kind < 0.8:
        files |= {"model.safetensors.index.json": rng.choice(INDEXES), "model-00001.safetensors": _safetensors(rng)}
    if rng.random() < 0.4:
        files[".hub.json"] = rng.choice(SIDECARS)
    if rng.random() < 0.2:
        files[".eval_results/x.yaml"] = rng.choice(EVALUATIONS)
    return files


def damaged_listing(rng: random.Random, good: dict[str, Any]) -> str:
    """A page of a Hub's listing, as text: a good entry among damaged ones."""
    entries = [_entry(rng, number) for number in range(rng.randint(1, 6))]
    entries.insert(rng.randint(0, len(entries)), json.dumps(good))
    return f"[{', '.join(entries)}]"


def _entry(rng: random.Random, number: int) -> str:
    if rng.random() < 0.15:
        return rng.choice(["null", "[]", "5", '"text"', "{}", "true", "NaN", "[[[[]]]]"])
    parts = {name: json.dumps(value) for name, value in {**LISTED, "id": f"bad/net{number}"}.items()}
    for name in rng.sample(list(parts), rng.randint(1, 4)):
        if rng.random() < 0.2:
            del parts[name]
        else:
            parts[name] = rng.choice(
                [
                    *("NaN", "Infinity", "1e400", '"\\ud800"', "null", "[]", "{}", '"x"', "-1", "9" * 300, "true"),
                    *("[[1]]", "[null]", '{"a": NaN}', '[{"rfilename": 5}]', '{"total": "x"}', '{"parameters": []}'),
                    *('{"total": -1}', '{"total": 1e400}', '"../../x"', '{"pretrained_cfg": 5}', "[" * 50 + "]" * 50),
                ]
            )
    return "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in parts.items()) + "}"


def _config(rng: random.Random) -> str:
    if rng.random() < 0.2:
        return rng.choice(JSON_VALUES)
    names = rng.sample(list(CONFIG), rng.randint(0, len(CONFIG)))
    values = {name: rng.choice(JSON_VALUES) if rng.random() < 0.5 else json.dumps(CONFIG[name]) for name in names}
    return "{" + ", ".join(f"{json.dumps(name)}: {value}" for name, value in values.items()) + "}"


def _readme(rng: random.Random) -> bytes:
    kind = rng.random()
    if kind < 0.2:
        body = rng.choice([ALIAS_BOMB, MERGE_BOMB, ALIAS_CHAIN, "[" * 3000])
    else:
        names = rng.sample(CARD_FIELDS, rng.randint(1, 4))
        body = "\n".join(f"{name}: {rng.choice(YAML_VALUES)}" for name in names)
    content = f"---\n{body}\n---\n# text\n".encode()
    return _mutated(rng, content) if rng.random() < 0.2 else content


def _safetensors(rng: random.Random) -> bytes:
    if rng.random() < 0.15:
        return _mutated(rng, struct.pack("<Q", 2) + b"{}" + b"\0" * 8)
    dtypes = ['"F32"', "5", "null", "[]"]
    tensors = [
        f'"t{number}": {{"dtype": {rng.choice(dtypes)}, "shape": {rng.choice(SHAPES)}, "data_offsets": [0, 4]}}'
        for number in range(rng.randint(0, 3))
    ]
    header = ("{" + ", ".join(tensors) + "}").encode()
    size = len(header) if rng.random() < 0.8 else rng.choice([0, 1, 2**63, 2**40, 2 * len(header)])
    return struct.pack("<Q", size) + header + b"\0" * 8


def _mutated(rng: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.randint(1, 8)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)
