import hashlib

from hubfixture import add_model
from huggingface_hub import HfApi


def test_object_ids_are_those_of_git(hub):
    """The expected ids came from git 2 itself: add, write-tree, and commit-tree with the dates and names of a first
    commit.
    """
    add_model(hub.root, "files/git", {"a.txt": "hello\n", "b/c.txt": "hello\n", "a/z": "x", "a0": "y"})
    rows = {it.path: it for it in HfApi().list_repo_tree("files/git")}
    assert rows["a.txt"].blob_id == "ce013625030ba8dba906f756967f9e9ca394464a"
    assert rows["a"].tree_id == "c56db693baa30afabec90b129af126bd24281ee4"
    assert rows["b"].tree_id == "2bcada35da78a7011b5497fcf851bb11e2353a39"
    assert HfApi().model_info("files/git").sha == "bdb9296b098be3f092e39bd85fd79a91c8f26aee"


def test_an_lfs_file_is_named_by_its_pointer(hub):
    add_model(hub.root, "files/lfs", {"w.bin": b"w" * 100})
    [row] = HfApi().list_repo_tree("files/lfs")
    oid = hashlib.sha256(b"w" * 100).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 100\n".encode()
    assert row.lfs.pointer_size == len(pointer)
    assert row.blob_id == hashlib.sha1(b"blob %d\0" % len(pointer) + pointer).hexdigest()
