import doctest

import numpy as np
import pytest

from hubscore.bench import taskonomy
from hubscore.errors import UsageError


def ideal() -> tuple[list[str], np.ndarray]:
    """Networks named after the tasks, and similarities in exactly the published order."""
    names = list(taskonomy.tasks())
    table = np.full((20, 20), 0.0)
    for target, sources in taskonomy.order().items():
        for place, source in enumerate(sources):
            table[names.index(target), names.index(source)] = 1 - place / 20
    np.fill_diagonal(table, 9.0)
    return [f"org/taskonomy-{name}" for name in names], table


def test_the_examples_in_the_docs_hold() -> None:
    assert doctest.testmod(taskonomy).failed == 0


def test_eighteen_targets_with_nineteen_sources_each() -> None:
    order = taskonomy.order()
    assert len(order) == 18 and len(taskonomy.tasks()) == 20
    for target, sources in order.items():
        assert set(sources) == set(taskonomy.tasks()) - {target}


def test_the_published_order_itself_is_perfect() -> None:
    checked = taskonomy.check(*ideal())
    assert (checked.targets, checked.sources) == (18, 20)
    assert checked.precision[:5] == (1.0,) * 5 and checked.precision[18] == pytest.approx(5 / 19)
    assert checked.recall[4] == 1.0 and checked.recall[0] == pytest.approx(1 / 5)
    assert checked.by_chance == pytest.approx(5 / 19)
    assert checked.agreement == pytest.approx([1.0] * 18)
    assert list(checked.priority) == sorted(checked.priority, reverse=True)
    assert checked.rows()[0] == {
        "k": 1,
        "precision": 1.0,
        "recall": 0.2,
        "precision_by_chance": 0.2632,
        "correlation": None,
        "similarity_at_priority": round(checked.priority[0], 4),
    }
    assert checked.rows()[18]["correlation"] == 1.0


def test_each_target_has_a_line_of_its_own() -> None:
    names, table = ideal()
    lines = {line["target"]: line for line in taskonomy.check(names, table).by_target}
    assert len(lines) == 18
    perfect = {"p@1": 1.0, "p@3": 1.0, "p@5": 1.0, "r@1": 0.2, "r@3": 0.6, "r@5": 1.0}
    assert lines["denoise"] == {"target": "denoise", "first": "inpainting_whole", "priority": 1, **perfect}
    worst = {line["target"]: line for line in taskonomy.check(names, -table).by_target}["denoise"]
    assert (worst["first"], worst["priority"], worst["p@5"]) == ("vanishing_point", 19, 0.0)


def test_a_random_table_is_about_chance_and_the_reverse_finds_nothing() -> None:
    names, table = ideal()
    reverse = -table
    assert taskonomy.check(names, reverse).precision[4] == 0
    rng = np.random.default_rng(0)
    mean = np.mean([taskonomy.check(names, rng.random((20, 20))).precision[4] for _ in range(20)])
    assert mean == pytest.approx(5 / 19, abs=0.03)


def test_a_part_of_the_networks_in_any_order_with_others_between() -> None:
    names, table = ideal()
    some = [17, 3, 5, 8, 1, 12, 15, 0]
    checked = taskonomy.check([names[i] for i in some], table[np.ix_(some, some)])
    assert checked.sources == 8 and checked.precision[4] == 1.0
    strange = [*names, "org/resnet50"]
    assert taskonomy.check(strange, np.pad(table, (0, 1))).precision[4] == 1.0


@pytest.mark.parametrize(
    ("model", "task"),
    [
        ("x/rgb2sfnorm", "rgb2sfnorm"),
        ("x/normal_encoder", "rgb2sfnorm"),
        ("./nets/class_1000/", "class_1000"),
        ("x/Segment-2D", None),
    ],
)
def test_names_of_networks(model: str, task: str | None) -> None:
    assert taskonomy.task_of(model) == task


def test_too_few_networks_and_two_of_one_task_are_refused() -> None:
    with pytest.raises(UsageError, match="0 of 2 models end in the name of a Taskonomy task") as told:
        taskonomy.check(["a/resnet", "b/vit"], np.eye(2))
    assert "vanishing_point" in told.value.fix
    names, table = ideal()
    with pytest.raises(UsageError, match="two models are named after edge3d"):
        taskonomy.check([*names[:-1], "other/edge_occlusion"], table)
