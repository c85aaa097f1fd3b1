import subprocess
import sys

import pytest

from hubscore.errors import UsageError
from hubscore.modalities.image.modality import IMAGE
from hubscore.modalities.registry import BUILTIN, DEFAULT, MODALITIES


def test_images_come_with_hubscore_and_are_what_is_meant_by_default():
    assert MODALITIES.get(DEFAULT) is IMAGE and IMAGE in tuple(MODALITIES)
    assert len(BUILTIN) >= 1


def test_an_unknown_one_is_refused_with_near_names():
    with pytest.raises(UsageError, match=r"Unknown modality 'images': did you mean image\?\nTry: --modality image"):
        MODALITIES.get("images")


def test_looking_one_up_loads_no_heavy_library():
    code = (
        "import sys; from hubscore.modalities.registry import MODALITIES; tuple(MODALITIES);"
        " print([name for name in ('torch', 'transformers', 'timm', 'datasets', 'PIL') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
