from huggingface_hub import HfApi


def test_tiny_repos_are_real(hub, tiny_repos):
    info = HfApi().model_info(tiny_repos.timm)
    assert info.library_name == "timm" and info.pipeline_tag == "image-classification"
