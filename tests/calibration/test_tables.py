import pytest

from hubscore.calibration.tables import read_table
from hubscore.errors import UsageError


def table(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_column_is_read(tmp_path):
    path = table(
        tmp_path,
        "model,target,source,accuracy,standard_error,input_size,architecture,classes,samples,kernel_probe,"
        "kernel_probe_loss,layer_kernel_probe,layer_kernel_probe_loss\n"
        "lab/net,birds,cars,0.8,0.02,96,ResNet,10,400,0.7,0.9,0.75,0.8\n",
    )
    (row,) = read_table(path)
    assert (row.model, row.target, row.source, row.family) == ("lab/net", "birds", "cars", "ResNet")
    assert (row.accuracy, row.standard_error, row.input_size, row.classes, row.samples) == (0.8, 0.02, 96, 10, 400)
    assert list(row.scores.values()) == [0.7, 0.9, 0.75, 0.8]


def test_percent_becomes_shares_with_their_errors(tmp_path):
    rows = read_table(table(tmp_path, "model,dataset,acc,stderr\na,x,80,2\nb,x,0.5,1\n"))
    assert [row.accuracy for row in rows] == [0.8, 0.005] and [row.standard_error for row in rows] == [0.02, 0.01]


def test_the_error_of_test_images_by_hand(tmp_path):
    rows = read_table(table(tmp_path, "model,target,accuracy,test_images\na,x,80,400\n"))
    assert rows[0].standard_error == pytest.approx(0.02)


def test_empty_cells_are_not_known(tmp_path):
    (row,) = read_table(table(tmp_path, "model,target,accuracy,kernel_probe,classes,source\na,x,, ,,\n"))
    assert (row.accuracy, row.classes, row.source, dict(row.scores)) == (None, None, None, {})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no rows"),
        ("model,target,accuracy\n", "no rows"),
        ("name,target,accuracy\na,x,0.5\n", "'model'"),
        ("model,accuracy\na,0.5\n", "'target'"),
        ("model,target\na,x\n", "accuracy"),
        ("model,target,accuracy\n,x,0.5\n", "line 2"),
        ("model,target,accuracy\na,x,0.5\nb,x,nan\n", "line 3"),
        ("model,target,accuracy\na,x,-0.1\n", "-0.1"),
        ("model,target,accuracy\na,x,1.3\n", "1.3"),
        ("model,target,accuracy\na,x,130\n", "130"),
        ("model,target,accuracy\na,x,high\n", "high"),
        ("model,target,accuracy,kernel_probe\na,x,0.5,70\n", "kernel_probe"),
        ("model,target,accuracy,kernel_probe_loss\na,x,0.5,-1\n", "kernel_probe_loss"),
        ("model,target,accuracy,classes\na,x,0.5,1\n", "classes"),
        ("model,target,accuracy,samples\na,x,0.5,inf\n", "samples"),
    ],
)
def test_what_cannot_be_is_refused_and_named(tmp_path, text, told):
    with pytest.raises(UsageError) as refused:
        read_table(table(tmp_path, text))
    assert told in str(refused.value) and refused.value.fix


def test_a_missing_or_binary_file_is_refused(tmp_path):
    with pytest.raises(UsageError, match="Cannot read"):
        read_table(tmp_path / "none.csv")
    (tmp_path / "table.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="Cannot read"):
        read_table(tmp_path / "table.csv")
