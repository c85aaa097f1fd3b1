import subprocess
import sys

import pytest

import hubscore

HEAVY = (
    "torch",
    "transformers",
    "timm",
    "datasets",
    "accelerate",
    "scipy",
    "sklearn",
    "pandas",
    "numpy",
    "PIL",
    "huggingface_hub",
    "starlette",
)


def test_every_public_name_is_there():
    assert set(hubscore._HOMES) | {"__version__"} == set(hubscore.__all__)
    for name in hubscore.__all__:
        assert getattr(hubscore, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        hubscore.nothing  # noqa: B018


def test_help_and_scores_import_nothing_heavy():
    lines = [["--help"], ["rank", "--help"], ["scores"], ["scores", "logme"], ["--version"]]
    code = (
        "import sys\nfrom hubscore.cli.main import main\n"
        f"for words in {lines!r}:\n"
        "    try:\n        main(words)\n    except SystemExit as end:\n        assert not end.code, end.code\n"
        f"    print('LOADED', *words, *[name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True)
    told = [line.split() for line in ran.stderr.splitlines() if line.startswith("LOADED")]
    assert told == [["LOADED", *words] for words in lines]
