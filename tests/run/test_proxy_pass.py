import numpy as np
import pytest
from e2e.conftest import colours
from hubfixture import save_tiny_timm

from hubscore.errors import CandidateError
from hubscore.run.options import DataOptions, RunOptions
from hubscore.run.proxy_pass import look

__all__ = ["colours"]  # a fixture


def test_a_data_set_as_a_proxy_sees_it(tiny_repos, colours, tmp_path):
    data, run = DataOptions(samples=9), RunOptions(device="cpu", cache_dir=tmp_path)
    seen, again = (look(colours, tiny_repos.timm, data=data, run=run) for _ in range(2))
    assert seen.proxy == tiny_repos.timm and len(seen.proxy_revision) == 40
    assert seen.vector.ndim == 1 and np.isfinite(seen.vector).all() and np.array_equal(seen.vector, again.vector)


def test_a_folder_keeps_its_place_to_itself(colours, tmp_path):
    seen = look(colours, str(save_tiny_timm(tmp_path / "secret" / "net")), run=RunOptions(device="cpu"))
    assert seen.proxy.startswith("net@local-")


def test_a_proxy_that_cannot_be_had_is_named(tiny_repos, colours):
    with pytest.raises(CandidateError, match="The proxy 'tiny/nothing' cannot be used") as raised:
        look(colours, "tiny/nothing")
    assert "--proxy" in raised.value.fix
