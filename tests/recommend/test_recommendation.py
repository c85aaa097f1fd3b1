import json

from hubscore.recommend.recommendation import Recommendation, RecommendedModel


def test_plain_json():
    row = RecommendedModel(1, "a", 0.5, None, 0.5, None, (0.4, 0.6), False, 0)
    made = Recommendation("birds", (row,), "merged", "fda", 0.5, 2, 1, ("said",))
    data = json.loads(json.dumps(made.to_json(), allow_nan=False))
    assert data["rows"][0]["interval"] == [0.4, 0.6] and data["notes"] == ["said"] and data["dimensions"] == 2
    assert made.models == ("a",) and len(made) == 1 and list(made) == [row]
