from hubscore.probe.masks import mask_folders, mask_notes


def test_masks_are_named():
    paths = [f"cat/{number}{end}.png" for number in range(4) for end in ("", "_mask")]
    assert mask_notes(paths, "images")[0].startswith("4 of 8 images are named '..._mask'")
    assert not mask_notes([f"a/cat_{number}.png" for number in range(5)], "images")
    assert not mask_notes(["a/1.png", "a/2.png", "a/3.png", "a/1_mask.png"], "images")
    assert list(mask_folders(["images/1.png", "images/2.png", "masks/1.png", "masks/2.png"])) == ["masks"]
    assert not mask_folders(["cat/1.png", "masks/1.png"])
