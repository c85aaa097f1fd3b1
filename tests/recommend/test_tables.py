import pytest

from hubscore.errors import UsageError
from hubscore.recommend.tables import read_cells


@pytest.fixture
def table(tmp_path):
    def write(text):
        path = tmp_path / "table.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_table_of_the_zoo(table):
    path = table(
        "architecture,model,source,target,accuracy,params\n"
        "ViT,a,mnist,birds,0.5,100.0\nViT,a,mnist,local/MNIST,0.9,100\nCNN,b,cars,birds,,7\n"
    )
    cells, notes = read_cells(path)
    assert [(cell.model, cell.task, cell.value, cell.measured) for cell in cells] == [
        ("a", "birds", 0.5, True),
        ("b", "birds", None, True),
    ]
    assert cells[0].model_facts.family == "ViT" and cells[0].model_facts.parameters == 100
    assert len(notes) == 2 and "1 accuracy of models on the data set they were trained on" in notes[0]


def test_a_table_of_architectures_and_sources_in_percent(table):
    path = table("Architecture,Source Dataset,Target Dataset,Oracle\nr50,cars,birds,89.5\nr18,cars,birds,-1.0\n")
    cells, _ = read_cells(path)
    assert [(cell.model, cell.value) for cell in cells] == [("r50_cars", 0.895), ("r18_cars", None)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("model,target\na,b\n", "no column 'accuracy'"),
        ("target,accuracy\na,0.5\n", "no column 'model'"),
        ("model,target,accuracy\n", "no rows"),
        ("model,target,accuracy\na,b,0.5\na,c,1e9\n", "line 3: the accuracy is '1e9'"),
        ("model,target,accuracy\na,b,-0.5\n", "line 2"),
        ("model,target,accuracy\na,b,good\n", "line 2"),
        ("model,target,accuracy\na,b,1.2\n", "line 2: the accuracy is 1.2"),
        ("model,target,accuracy\n,b,0.2\n", "without a model"),
    ],
)
def test_what_is_wrong_is_named(table, text, told):
    with pytest.raises(UsageError, match=told):
        read_cells(table(text))


def test_a_missing_file(tmp_path):
    with pytest.raises(UsageError, match="Cannot read"):
        read_cells(tmp_path / "no.csv")
