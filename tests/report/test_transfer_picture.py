from hubscore.bench.transfer_measures import measure
from hubscore.bench.transfer_table import TransferRow, TransferTable
from hubscore.report.transfer_picture import draw_measures


def test_every_order_has_a_line_and_every_group_a_dot() -> None:
    rows = [
        TransferRow(model, target, accuracy=n / 10, scores={"mine": float(n), "$flat$": 1.0})
        for target in ("birds", "cars")
        for n, model in enumerate("xyz")
    ]
    figure = draw_measures(measure(TransferTable(tuple(rows), {"mine": "score", "$flat$": "score"})))
    left, right = figure.axes
    assert [label.get_text() for label in left.get_yticklabels()] == ["$flat$", "mine"]
    assert [len(dots.get_offsets()) for dots in left.collections if len(dots.get_offsets())] == [2]
    assert right.get_title(loc="left") == "mean weighted tau"
