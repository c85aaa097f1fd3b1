"""`hubscore env`: what a bug report needs, and never a token."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import typer

from hubscore.cli.output import Output
from hubscore.cli.shared_options import OutputOptions, with_options

VARIABLES = ("HUBSCORE_CACHE", "HUBSCORE_ISOLATE", "HUBSCORE_VERBOSITY", "HF_HUB_OFFLINE", "HF_HUB_DISABLE_XET")


@with_options(OutputOptions)
def env(context: typer.Context, *, output: Output) -> None:
    """Show versions, devices, caches, the Hub's address and defaults in force: what to put into a bug report."""
    output.value(described(context.find_root().command), id_key="hubscore")


def described(program: Any) -> dict[str, Any]:
    """Return what ``hubscore env`` shows.

    Args:
        program: the click group with all verbs.
    """
    from huggingface_hub import constants, get_token

    from hubscore.extract.cache import FeatureCache
    from hubscore.run.environment import endpoint, hardware, versions

    known = versions()
    machine = hardware()
    store = FeatureCache(None)
    return {
        "hubscore": known.pop("hubscore"),
        **known,
        "system": machine["system"],
        "cpu": machine["cpu"],
        "cores": machine["cores"],
        "memory_gb": machine["memory_gb"],
        "devices": ", ".join(_devices()),
        "hub_cache": constants.HF_HUB_CACHE,
        "feature_cache": str(store.root),
        "endpoint": endpoint(os.environ.get("HF_ENDPOINT")),
        "token": "yes" if get_token() else "no",
        **{name: os.environ.get(name) for name in VARIABLES},
        "config": _config(program),
    }


def _devices() -> list[str]:
    import torch

    found = [f"cuda:{number} {torch.cuda.get_device_name(number)}" for number in range(torch.cuda.device_count())]
    return [*found, *(["mps"] if torch.backends.mps.is_available() else []), "cpu"]


def _config(program: Any) -> str:
    """Return the defaults of the working directory, or what is wrong with them."""
    from hubscore.cli.config_file import default_map, read_config
    from hubscore.errors import UsageError

    try:
        config = read_config(Path.cwd())
        default_map(config, program)
    except UsageError as error:
        return " ".join(str(error).split())
    if config.path is None:
        return "none"
    tables = {"": config.values, **config.verbs}
    told = [f"{verb} {key} = {value!r}".strip() for verb, table in tables.items() for key, value in table.items()]
    return f"{config.path.name}: {'; '.join(told) or 'nothing'}"
