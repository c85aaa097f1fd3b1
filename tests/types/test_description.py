from hubscore.types import Agreement, ProbeDescription, Saturation, ScoreDescription


def test_agreement_has_the_consensus_last_and_comes_back():
    made = Agreement({"knn": {"knn": 1.0, "leep": None}, "leep": {"knn": None, "leep": 1.0}}, {"size": 0.5})
    assert list(made.to_json()) == ["knn", "leep", "consensus"] and Agreement.from_json(made.to_json()) == made
    assert made.tau("knn", "leep") is None and made.tau("knn", "knn") == 1.0 and made.tau("x", "knn") is None


def test_a_file_without_baselines_gets_none():
    assert Agreement.from_json({}).to_json() == {} and Agreement().with_baselines == {}


def test_a_score_says_which_direction_is_better_and_what_it_measures():
    assert ScoreDescription(direction="lower").lower_is_better and not ScoreDescription().lower_is_better
    assert ScoreDescription(plain_words="how near").words == {"measures": "how near"}
    assert ScoreDescription(plain_words={"reading": "1 is best"}).words == {"reading": "1 is best"}


def test_what_does_not_apply_to_a_score_is_not_written():
    assert not {"reduce", "base", "saturated"} & set(ScoreDescription().to_json())
    told = ScoreDescription(reduce=32, saturated=Saturation(1.0, 3)).to_json()
    assert told["reduce"] == 32 and told["saturated"] == {"value": 1.0, "models": 3}
    assert ScoreDescription.from_json(told).saturated == Saturation(1.0, 3)


def test_a_probe_knows_its_size_with_and_without_a_count():
    assert ProbeDescription(indices=(4, 5)).size == 2 and ProbeDescription(samples=7).size == 7
    old = ProbeDescription.from_json({"image_column": "img", "indices": [3, 1]})
    assert old.input_column == "img" and old.indices == (3, 1) and old.modality == "image"


def test_a_probe_is_whole_where_it_has_all_rows_of_the_split():
    assert ProbeDescription(samples=7, population=7).is_whole
    assert not ProbeDescription(samples=7, population=8).is_whole and not ProbeDescription(samples=7).is_whole
