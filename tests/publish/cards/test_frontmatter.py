import pytest
import yaml

from hubscore.publish.cards.frontmatter import LARGEST, LONG, CardRefused, content_end, read_front_matter

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    ("card", "why"),
    [
        ("---\nlicense: mit\n", "has no end"),
        ("--- \nlicense: mit\n", "has no end"),
        ("--- \n# A title between two lines\n---\ntext\n", "blanks stand behind its first ---"),
        ("---\na: [\n---\n", "not valid YAML"),
        ("---\na:\n\t- b\n---\n", r"not valid YAML: found character '\\t'"),
        ("---\n- a\n---\n", "not a mapping"),
        ("---\n{license: mit}\n---\n", "flow style"),
        ("---\na: 1\nb: {c: 1, c: 2}\n---\n", "the key 'c' twice"),
        ("---\na: &a [*a]\n---\n", "refers to itself"),
        (f"---\n{BOMB}---\n", "more than 200,000 values"),
        ("---\na: " + "[" * 5000 + "\n---\n", "not valid YAML"),
        ("---\na: " + "- " * 4_000 + "\n---\n", "not valid YAML"),
        ("---\nb: " + "x" * LONG + "\na: " + "[" * 1_000 + "]" * 1_000 + "\n---\n", "not valid YAML"),
        ("---\na: " + "x" * LARGEST + "\n---\n", "longer than"),
        ("---\na: \x00\n---\n", "not valid YAML"),
        ("---\n\ufeffa: 1\n---\n", "stray byte-order mark"),
        ("---\n---\nmodel-index: []\n---\n", "readers disagree"),
    ],
)
def test_what_cannot_be_added_to_safely_is_refused_with_the_reason(card, why):
    with pytest.raises(CardRefused, match=why):
        read_front_matter(card)


def test_tags_that_make_objects_are_refused_when_the_data_is_read():
    front = read_front_matter("---\na: !!python/object/apply:os.system [ls]\n---\n")
    with pytest.raises(CardRefused, match="could not determine a constructor"):
        front.data()


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("before", ["", "\ufeff", "\n\n"])
def test_it_ends_at_the_first_closing_line(before, newline):
    card = before + newline.join(("---", "license: mit", "---", "a: b", "---", ""))
    front = read_front_matter(card)
    assert front.data() == {"license": "mit"} and front.newline == newline and front.exists
    assert card[front.end :] == newline.join(("---", "a: b", "---", ""))


@pytest.mark.parametrize("card", ["", "# Title\n", "text\n---\na: b\n---\n", "----\n"])
def test_a_card_without_any(card):
    assert not read_front_matter(card).exists


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_two_fences_in_a_row_are_read_differently_whatever_the_line_ending(newline):
    with pytest.raises(CardRefused, match="readers disagree"):
        read_front_matter(newline.join(("---", "---", "model-index:", "---")))


def test_what_libyaml_reads_stands_where_python_says_it_does():
    rows = "".join(f"  - {{a: é, b: '🙂'}}  # {n}\n  -   c: |\n        x\n\n" for n in range(450))
    card = f"---\r\nmodel-index:\n{rows}z: &z [1, 2]\n---\n"
    fast = read_front_matter(card)
    assert fast.loader is not yaml.SafeLoader or not yaml.__with_libyaml__
    assert read_front_matter("---\na: 1\n---\n").loader is yaml.SafeLoader
    marks = [(type(token), token.start_mark.index) for token in yaml.scan(card[fast.start : fast.end])]
    assert marks == [(type(token), token.start_mark.index) for token in fast.tokens]
    ends = [content_end(value) for _, value in fast.root.value]
    plain = yaml.compose(card[fast.start : fast.end], Loader=yaml.SafeLoader)
    assert ends == [content_end(value) for _, value in plain.value]
    assert fast.data() == yaml.safe_load(card[fast.start : fast.said])


def test_blanks_behind_the_opening_fence_are_found():
    front = read_front_matter("\n--- \t\r\nlicense: mit\r\n---\r\n# A\r\n")
    assert front.data() == {"license": "mit"} and front.text[slice(*front.blanks)] == " \t" and front.newline == "\r\n"


def test_empty_braces_are_found():
    front = read_front_matter("---\n# a comment\n{ }  # more\n---\n")
    assert front.data() == {} and front.root is None and front.text[slice(*front.braces)] == "{ }"
