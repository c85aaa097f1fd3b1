"""Free memory, of the machine or of a container."""

import psutil

from hubscore.models.memory import _left, free_memory


def test_it_is_no_more_than_the_machine_has():
    assert 0 < free_memory() <= psutil.virtual_memory().total


def test_a_container_has_what_its_limit_leaves_and_its_cached_files(tmp_path):
    limit, used, statistics = (tmp_path / name for name in ("limit", "used", "statistics"))
    limit.write_text("1000\n")
    used.write_text("700\n")
    statistics.write_text("anon 500\ninactive_file 150\n")
    assert _left(str(limit), str(used), str(statistics), "inactive_file") == 450
    limit.write_text("max\n")
    assert _left(str(limit), str(used), str(statistics), "inactive_file") is None
    assert _left(str(tmp_path / "none"), str(used), str(statistics), "inactive_file") is None
