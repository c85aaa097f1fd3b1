import pytest

from hubscore.errors import UsageError
from hubscore.modelmap.method import Method, choose_method


@pytest.mark.parametrize(
    ("name", "attribution", "objective", "maps", "features"),
    [
        ("attribution", "saliency", "mean", True, False),
        ("depara", "gradient_x_input", "norm", True, True),
        ("depara_nodes", "gradient_x_input", "norm", True, False),
        ("depara_edges", "", "norm", False, True),
        ("cka", "", "norm", False, True),
    ],
)
def test_what_each_method_needs(name, attribution, objective, maps, features):
    method = choose_method(name)
    assert (method.attribution, method.objective) == (attribution, objective)
    assert (method.needs_maps, method.needs_features) == (maps, features)
    assert Method.from_json(method.to_json()) == method


def test_depara_is_best_at_one_plus_lambda():
    assert choose_method("depara", lambda_=10).best == 11
    assert choose_method("attribution", attribution="epsilon_lrp").words == "attribution similarity of epsilon lrp maps"
    assert choose_method("cka", debiased=True).words == "CKA, debiased = True"
    assert choose_method("pwcca").words == "PWCCA, variance = 0.99"
    assert choose_method("pwcca", components=20).words == "PWCCA, components = 20"


@pytest.mark.parametrize(
    ("name", "options", "why"),
    [
        ("task2vec", {}, "compares data sets"),
        ("cka", {"attribution": "saliency"}, "uses no maps"),
        ("depara", {"attribution": "saliency"}, "it takes gradient_x_input"),
        ("attribution", {"attribution": "gradcam"}, "saliency or gradient_x_input or epsilon_lrp"),
        ("attribution", {"lambda_": 1.0}, "only depara weighs"),
        ("depara", {"lambda_": -1.0}, "0 or more"),
        ("rsa", {"debiased": True}, "does not go with --debiased: it is for cka"),
        ("attributions", {}, "did you mean attribution"),
    ],
)
def test_what_does_not_go_together(name, options, why):
    with pytest.raises(UsageError, match=why):
        choose_method(name, **options)


def test_the_reading_of_saliency_is_kept():
    printed = choose_method(reading="printed")
    assert printed.reading == "printed" and "as printed" in printed.words
    assert Method.from_json(printed.to_json()) == printed and choose_method().reading == "released"
    older = {name: value for name, value in choose_method().to_json().items() if name != "reading"}
    assert Method.from_json(older) == choose_method()
    for name, attribution, wrong in (
        ("attribution", None, "other"),
        ("cka", None, "printed"),
        ("depara", None, "printed"),
        ("attribution", "epsilon_lrp", "printed"),
    ):
        with pytest.raises(UsageError, match="does not go with these maps"):
            choose_method(name, attribution=attribution, reading=wrong)
