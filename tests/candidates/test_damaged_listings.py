"""A Hub whose listing is damaged: the good model is found on every page; 300 are in benchmarks/survival_listings.py."""

import importlib.util
from pathlib import Path

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "survival_listings.py"


def test_the_good_model_is_found_on_every_damaged_page(capsys):
    spec = importlib.util.spec_from_file_location("survival_listings", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.listings(40, seed=0)
    assert "40 damaged pages, 40 searched" in capsys.readouterr().out
