import numpy as np
import pytest
from scoredata import case

from hubscore import HubscoreError, Undefined, score


def moved(features, labels, general, *, radius=0.6, time_step=0.1, force=1.0):
    """The released motion, pair by pair and dimension by dimension, in at most six steps."""
    center, scale = general.mean(axis=0), np.maximum(general.std(axis=0), 1e-3)
    classes, first, steps = np.unique(labels), None, 0
    while steps < 6:
        values = (features - center) / scale
        means = {c: values[labels == c].mean(axis=0) for c in classes}
        reach = {c: radius * np.sqrt(values[labels == c].var(axis=0).sum()) for c in classes}
        push = {c: np.zeros(values.shape[1]) for c in classes}
        for a in classes:
            for b in classes:
                gap = np.linalg.norm(means[a] - means[b])
                overlap = max(reach[a] + reach[b] - gap, 0)
                if a != b and overlap:
                    push[a] += min(0.5 * time_step**2 * force * overlap, overlap) * (means[a] - means[b]) / gap
        size = sum(np.abs(step).sum() for step in push.values())
        first = first or size
        if not size or size / first <= 0.5:
            break
        features = (values + np.stack([push[y] for y in labels])) * scale + center
        steps += 1
    return features, steps


def test_a_step_worked_by_hand():
    # One feature of deviation 2 that a general set leaves as it is (mean 0, deviation 1): classes {-3, 1} and {-1, 3}
    # have means -1 and 1 and radius 0.6 * 2, so they overlap by 2.4 - 2 = 0.4. With a force of 100 a step is min(0.5 *
    # 0.01 * 100 * 0.4, 0.4) = 0.2 apart on each side, which uses the overlap up: the second step would be 0 and is not
    # made.
    features, labels = np.array([[-3.0], [1.0], [-1.0], [3.0]]), [0, 0, 1, 1]
    after = np.array([[-3.2], [0.8], [-0.8], [3.2]])
    value = score("ped", features=features, labels=labels, general=[[-1.0], [1.0]], force=100.0)
    assert value == pytest.approx(score("sfda", features=after, labels=labels), rel=1e-12)


@pytest.mark.parametrize(
    "name", ["more_samples", "many_classes_few_samples", "imbalanced", "relu_sparse", "large_scale", "rank_deficient"]
)
@pytest.mark.parametrize("options", [{}, {"radius": 0.3}, {"time_step": 2.0}, {"force": 60.0}])
def test_agrees_with_the_released_motion(name, options):
    features, labels, _ = case(name, noise=2.0)
    general = case(name, noise=2.0, seed=1).features + 0.5
    expected, steps = moved(features, labels, general, **options)
    assert steps > 0 or options == {"radius": 0.3}
    value = score("ped", features=features, labels=labels, general=general, **options)
    assert value == pytest.approx(score("sfda", features=expected, labels=labels), rel=1e-9)


@pytest.mark.parametrize("steps", [1, 3, 6])
def test_stops_after_so_many_steps(steps):
    features, labels, _ = case("more_samples", noise=2.0)
    value = score("ped", features=features, labels=labels, steps=steps)
    values = [score("ped", features=features, labels=labels, steps=fewer) for fewer in range(1, steps)]
    assert all(before < value for before in values)


def test_without_a_general_set_the_probes_own_statistics_serve():
    features, labels, _ = case("more_samples", noise=2.0)
    assert score("ped", features=features, labels=labels) == score(
        "ped", features=features, labels=labels, general=features
    )


def test_classes_that_do_not_overlap_stay():
    labels = np.arange(60) % 3
    features = 30 * np.eye(3)[labels] + np.random.default_rng(0).normal(size=(60, 3)) / 10
    assert score("ped", features=features, labels=labels) == score("sfda", features=features, labels=labels)


@pytest.mark.parametrize("base", ["sfda", "logme", "nleep"])
def test_goes_on_other_scores(base):
    features, labels, _ = case("more_samples", noise=2.0)
    expected = moved(features, labels, features)[0]
    value = score("ped", features=features, labels=labels, base=base)
    assert value == pytest.approx(score(base, features=expected, labels=labels), rel=1e-7)


def test_classes_of_one_mean_are_undefined():
    cross = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    with pytest.raises(Undefined, match="classes 0 and 1 have the same mean, so there is no direction to push them"):
        score("ped", features=np.vstack([cross, 2 * cross]), labels=np.repeat([5, 9], 4))


def test_one_sample_a_class_is_undefined():
    with pytest.raises(Undefined, match="every class has one sample, so no class has a radius"):
        score("ped", features=np.eye(4), labels=range(4))


def test_a_general_set_of_another_width_is_refused():
    with pytest.raises(HubscoreError, match="it has 3 columns and the features have 4"):
        score("ped", features=np.eye(4), labels=[0, 0, 1, 1], general=np.eye(3))


def test_another_base_is_refused():
    with pytest.raises(HubscoreError, match="Cannot put PED on 'knn': it goes on sfda, logme and nleep"):
        score("ped", features=np.eye(4), labels=[0, 0, 1, 1], base="knn")


def test_a_share_of_the_first_step_is_below_1():
    with pytest.raises(
        HubscoreError, match=r"Cannot use stop=1\.0: it is a share of the first step, so below 1\nTry: stop=0\.5"
    ):
        score("ped", features=np.eye(4), labels=[0, 0, 1, 1], stop=1.0)


def test_without_a_radius_or_a_share_to_stop_at():
    features, labels, _ = case("more_samples", noise=2.0)
    assert score("ped", features=features, labels=labels, radius=0) == score("sfda", features=features, labels=labels)
    assert score("ped", features=features, labels=labels, stop=0) >= score("ped", features=features, labels=labels)
