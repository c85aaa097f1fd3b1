"""The newcomer's first picture: estimates and truth side by side, with no network needed."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hubscore.demo.plan import DemoResult, Size
    from hubscore.demo.steps import run

__all__ = ["DemoResult", "Size", "run"]


def __getattr__(name: str) -> Any:
    # Looked up on first use: reading what the demo is must not import torch.
    if name == "run":
        from hubscore.demo.steps import run

        return run
    if name in __all__:
        from hubscore.demo import plan

        return getattr(plan, name)
    raise AttributeError(f"module 'hubscore.demo' has no attribute {name!r}")
