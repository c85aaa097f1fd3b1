import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import HfHubHTTPError


@pytest.fixture(scope="module")
def alice(hub):
    return HfApi(endpoint=hub.url, token="hf_alice")


def values(api):
    return {name: variable.value for name, variable in api.get_space_variables("lab/varied").items()}


def test_variables_are_kept_changed_and_removed(alice):
    alice.create_repo("lab/varied", repo_type="space", space_sdk="gradio", space_variables=[{"key": "A", "value": "1"}])
    assert values(alice) == {"A": "1"}
    alice.add_space_variable("lab/varied", "B", "2")
    alice.add_space_variable("lab/varied", "A", "3")
    assert values(alice) == {"A": "3", "B": "2"}
    alice.delete_space_variable("lab/varied", "A")
    assert values(alice) == {"B": "2"}


def test_only_writers_see_and_change_them(alice, hub):
    alice.create_repo("lab/varied", repo_type="space", space_sdk="gradio", exist_ok=True)
    with pytest.raises(HfHubHTTPError):
        HfApi(endpoint=hub.url, token="hf_bob").get_space_variables("lab/varied")
