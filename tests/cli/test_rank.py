import io

import numpy as np
import pytest

from hubscore.cli.main import main


@pytest.fixture
def rank(capsys, monkeypatch):
    """Run ``hubscore rank``; what reaches the library is kept instead of run."""
    asked = {}

    class Reached(Exception):  # noqa: N818 - ends the command
        pass

    def stop(dataset, **options):
        asked.update(options)
        raise Reached

    monkeypatch.setattr("hubscore.run.rank.rank", stop)

    def run(*words):
        asked.clear()
        with pytest.raises((SystemExit, Reached)) as ended:
            main(["rank", "./photos", "--models", "a/b", *words])
        told = capsys.readouterr()
        return asked, getattr(ended.value, "code", None), " ".join(told.err.split())

    return run


def test_slow_scores_are_resampled_when_asked_for(rank):
    assert rank("--subsamples", "20", "--resample", "nleep", "--resample", "logistic")[0]["ranking"].resample == [
        "nleep",
        "logistic",
    ]
    assert rank("--subsamples", "20", "--resample", "nleep,logistic")[0]["ranking"].resample == ["nleep,logistic"]
    assert rank()[0]["ranking"].resample == ()
    asked, code, err = rank("--resample", "nleep")
    assert code == 2 and not asked and "there are no subsamples to recompute it on Try: --subsamples 20" in err


def test_a_score_that_cannot_be_resampled_is_refused_before_anything_runs(rank):
    asked, code, err = rank("--resample", "nlep")
    assert code == 2 and not asked and "Unknown score 'nlep': did you mean nleep" in err
    asked, code, err = rank("--scores", "knn", "--resample", "nleep")
    assert (
        code == 2 and not asked and "it is not among the scores of this ranking" in err and "--scores knn,nleep" in err
    )


def test_a_pca_before_a_score_of_the_head_is_refused_before_anything_runs(rank):
    asked, code, err = rank("--scores", "knn,leep@32")
    assert code == 2 and not asked and "LEEP reads no features, so there is nothing to reduce" in err


def test_label_texts_are_handed_on(rank, tmp_path):
    np.savez(tmp_path / "texts.npz", a=np.ones((3, 2)))
    assert rank("--label-texts", tmp_path.as_posix() + "/texts.npz")[0]["ranking"].label_texts == tmp_path / "texts.npz"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("--resample", "knn", "--probes", "2"),
            "with 2 fresh probes there are none: every score is computed on every probe",
        ),
        (
            ("--resample", "knn", "--unlabeled"),
            "Cannot recompute 'knn': it needs labels, which this ranking does not have",
        ),
        (("--resample", "rsa"), "Cannot recompute 'rsa': it needs a reference network"),
        (("--resample", "attribution", "--reference", "a/b"), "Cannot recompute 'attribution': it needs maps"),
        (
            ("--scores", "knn,emms"),
            "Try: --label-texts FILE (label_texts= in Python), or leave out the score",
        ),
        (
            ("--label-texts", "texts.npz", "--scores", "knn,nce"),
            "only emms reads them, and it was not asked for Try: --scores knn,nce,emms",
        ),
        (
            ("--label-texts", "texts.npz", "--unlabeled"),
            "they describe classes, and no labels are used Try: leave out --label-texts",
        ),
    ],
)
def test_what_would_have_no_effect_is_refused_before_anything_runs(rank, words, told):
    asked, code, err = rank(*words)
    assert code == 2 and not asked and told in err


def test_what_has_an_effect_is_let_through(rank):
    for words in (
        ("--label-texts", "texts.npz", "--resample", "emms"),
        ("--label-texts", "texts.npz", "--scores", "knn,emms"),
        ("--resample", "rsa", "--reference", "a/b", "--unlabeled"),
        ("--resample", "attribution", "--reference", "a/b", "--unlabeled"),
        ("--scores", "attribution", "--resample", "attribution", "--reference", "a/b"),
        ("--probes", "3"),
    ):
        assert rank(*words, *(("--subsamples", "20") if "--resample" in words else ()))[0], words


def test_a_guess_is_asked_at_a_terminal(monkeypatch):
    from hubscore.cli.output import Output
    from hubscore.cli.run_progress import ProgressReporter
    from hubscore.errors import ErrorCode, UsageError

    error = UsageError("Nothing says so", "only 'license' is left", code=ErrorCode.LABEL_UNSURE)
    err = io.StringIO()
    reporter = ProgressReporter(Output("human", stderr=err))
    assert reporter.label_unsure(error) is False and err.getvalue() == ""
    monkeypatch.setattr(Output, "can_ask", True)
    monkeypatch.setattr("sys.stdin", io.StringIO("y\nn\n"))
    assert [reporter.label_unsure(error), reporter.label_unsure(error)] == [True, False]
    assert "only 'license' is left. Is it the label? [y/N]" in err.getvalue()
