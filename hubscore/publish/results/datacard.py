"""The card of a results data set: what it is, how to read it, and what is in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hubscore.report.markdown import cell, table

if TYPE_CHECKING:
    import pyarrow as pa

START, END = "<!-- hubscore:contents -->", "<!-- /hubscore:contents -->"
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
_CONFIGS = "configs:\n- config_name: default\n  data_files: leaderboard.parquet\n"
_SHOWN = 200
_HOLDS = "one row per model of each run; of several runs over the same rows readers show the union, newest values first"
_HELD = "one row per data set, probe, model and model revision; the latest run of each"
"""What cards of older versions say, which is not true any more."""

_NEW = """---
pretty_name: hubscore results
{configs}tags:
- hubscore
- leaderboard
- transferability
---
# hubscore results

How well pre-trained checkpoints should transfer to some data sets, estimated with hubscore.

**These are estimates from a probe of each data set, computed without any fine-tuning.
None of the numbers is the accuracy of a fine-tuned model.**
A rank and a consensus are relative to the candidates of one run; compare them within a run only, or over the union of the runs on the same rows, for which readers compute them anew.

{contents}

## Files

| file | holds |
|---|---|
| `leaderboard.parquet`, `leaderboard.json` | {holds} |
| `runs/` | every run in full: order, intervals, skipped candidates, agreement between scores, and how to repeat it; where publishers agreed, small images of the data |
| `scores.json` | what each score measures, in plain words, with its paper, range and direction |
| `dataset_about.json` | what each data set is about, so that it can be found: domain (guessed), tags, classes, rows, first words of its card |
| `task_vectors.json` | where publishers agreed: the mean of what a proxy network sees in some rows of a data set, for `hubscore recommend` |
| `optout.txt` | owners and models that want no pull request from hubscore |

```python
from datasets import load_dataset

rows = load_dataset("{repo}", split="train")
```

Columns: `revision` is the data set's commit, `model_revision` the model's; `score_<name>` a score and `sd_<name>` its standard error,
`publisher` who published the run, `baseline_<name>` a baseline and `tau_<name>` Kendall's tau-b of the run's order with it; `candidates` how many models the run ranked,
`expected` the estimated accuracy after fine-tuning with its 90 % interval, where `ordered_by` says so, `p_best` how probable it is that the model becomes the best of its run,
`measured_accuracy` what a short fine-tuning reached on `measured_images` rows, where it was done (every other number is an estimate from `samples` rows, or `rows` where a race stopped a model),
`declares_this_data` whether the model's card names this data set as training data,
`consensus` the mean percentile among them, `undefined` why a score has no value.
"""


def write_card(old: bytes | None, rows: pa.Table, *, repo: str) -> bytes:
    """Return the data card: a new one, or ``old`` with our own section brought up to date and everything else as it
    was.

    What an older version wrote about rows and runs is put right. ``load_dataset`` needs the ``configs`` key, without
    which it would read the run records too; a card that lacks it gets it.
    """
    contents = f"{START}\n{_contents(rows)}\n{END}"
    if old is None:
        return _NEW.format(repo=repo, configs=_CONFIGS, contents=contents, holds=_HOLDS).encode()
    text = _with_configs(old.decode("utf-8")).replace(_HELD, _HOLDS)
    head, start, rest = text.partition(START)
    _, end, tail = rest.partition(END)
    return (head + contents + tail if start and end else text).encode()


def _with_configs(text: str) -> str:
    match = _FRONT.match(text)
    if match is None:
        return f"---\n{_CONFIGS}---\n{text}"
    if re.search(r"^configs[ \t]*:", match[1], re.MULTILINE):
        return text
    newline = "\r\n" if "\r\n" in match[0] else "\n"
    return text[: match.end(1)] + _CONFIGS.replace("\n", newline) + text[match.end(1) :]


def _contents(rows: pa.Table) -> str:
    """Return the table of data sets and probes, most recent first."""
    groups: dict[tuple[str | None, ...], list[tuple[str, str]]] = {}
    models: dict[tuple[str | None, ...], set[str | None]] = {}
    names = ("dataset", "config", "split", "fingerprint")
    keys = zip(*(rows[name].to_pylist() for name in names), strict=True)
    told = (rows[name].to_pylist() for name in ("date", "run", "model"))
    for key, date, run, model in zip(keys, *told, strict=True):
        groups.setdefault(key, []).append((date or "", run or ""))
        models.setdefault(key, set()).add(model)
    ordered = sorted(groups.items(), key=lambda item: max(item[1]), reverse=True)
    lines = [
        (
            cell(dataset or "-"),
            cell(config or "-"),
            cell(split or "-"),
            cell((fingerprint or "-")[:12]),
            str(len(models[key])),
            str(len({run for _, run in made})),
            _run(max(made)),
        )
        for key, made in ordered[:_SHOWN]
        for dataset, config, split, fingerprint in [key]
    ]
    more = f"\n\nand {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
    return table(("data set", "configuration", "split", "probe", "models", "runs", "latest run"), lines, left=4) + more


def _run(latest: tuple[str, str]) -> str:
    date, run = latest
    return f"[{cell(date[:10])}](runs/{run}.json)" if re.fullmatch(r"[\w-]+", run) else cell(date[:10])
