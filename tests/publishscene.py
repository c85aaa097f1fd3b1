"""A made-up ranking, and everything on the session's Hub that publishing it to model cards needs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from hubfixture import add_dataset, add_model

from hubscore.errors import PublishError
from hubscore.types import ProbeDescription, Publication, Ranking, Row, RunRecord, ScoreDescription, Skipped

CARD = "---\nlicense: mit\n---\n# A model\n"


def made_up(
    models: list[str], *, dataset: str = "user/shapes", groups: list[int] | None = None, local: bool = False
) -> Ranking:
    """A ranking of these models in this order, each in a tie group of its own unless told otherwise."""
    groups = groups or list(range(1, len(models) + 1))
    rows = tuple(
        Row(
            rank=1 + groups.index(group),
            model=model,
            revision=f"{place % 16:x}" * 40,
            library="timm",
            license="mit",
            scores={"logme": 1.0 - place / 100, "knn": 0.9 - place / 50, "leep": -1.0},
            consensus=1 - (place + 0.5) / len(models),
            rank_ci=(1, 3),
            tie_group=group,
        )
        for place, (model, group) in enumerate(zip(models, groups, strict=True))
    )
    title = {"logme": "LogME", "knn": "Nearest neighbour", "leep": "LEEP"}
    return Ranking(
        rows=rows,
        skipped=(Skipped("lab/broken", "its weights are damaged"),),
        probe=ProbeDescription.from_json(
            {
                "dataset": dataset,
                "config": "default",
                "split": "train",
                "revision": None if local else "d" * 40,
                "indices": [7001, 7004],
                "classes": ["albatross", "zeppelin"],
                "fingerprint": "f" * 64,
                "samples": 120,
                "target": "classification",
                "seed": 0,
            }
        ),
        scores={
            name: ScoreDescription.from_json({"title": title[name], "direction": "higher", "averaged": name != "leep"})
            for name in title
        },
        record=RunRecord.from_json(
            {
                "date": "2026-11-20T12:00:00+00:00",
                "versions": {"hubscore": "0.1.0"},
                "command": f"hubscore rank {dataset} --secret-plan",
            }
        ),
    )


class Scene:
    """A public data set, twelve model repos, a ranking of them, and its record, published by bob."""

    def __init__(self, hub: Any, *, own: str = "bob") -> None:
        self.hub, self.id = hub, uuid4().hex[:8]
        self.dataset = f"data{self.id}/shapes"
        add_dataset(hub.root, self.dataset, {"train/a/1.png": b"x"})
        self.owner = f"zoo{self.id}"
        self.models = [
            f"lab/best-{self.id}",
            f"{own}/mine-{self.id}",
            *(f"{self.owner}/net-{number}" for number in range(10)),
        ]
        for model in self.models:
            add_model(hub.root, model, {"README.md": CARD, "config.json": "{}"})
        self.results = f"{own}/results-{self.id}"
        self.ranking = made_up(self.models, dataset=self.dataset)

    def publish_record(self, api: Any, ranking: Ranking | None = None, **options: Any) -> None:
        """Publish the run's record."""
        from hubscore.publish.results import publish_results

        publish_results(ranking or self.ranking, repo=self.results, yes=True, api=api, **options)

    def card(self, api: Any, repo: str, revision: str = "main") -> str:
        """A card as it is now."""
        sha = api.model_info(repo, revision=revision).sha
        return Path(api.hf_hub_download(repo, "README.md", revision=sha)).read_bytes().decode()

    def pulls(self, api: Any, repo: str) -> list[tuple[int, str, str]]:
        """Number, status and author of every pull request, oldest first."""
        found = api.get_repo_discussions(repo, discussion_type="pull_request")
        return sorted((talk.num, talk.status, talk.author) for talk in found)

    def changed(self, **facts: Any) -> Ranking:
        """The ranking with other facts about the same models, as a new run would have."""
        rows = tuple(
            replace(row, scores={**row.scores, "logme": row.scores["logme"] / 2}, consensus=(row.consensus or 0.0) / 2)
            for row in self.ranking.rows
        )
        return replace(
            self.ranking, rows=rows, record=replace(self.ranking.record, date="2026-11-21T12:00:00+00:00"), **facts
        )


def run(
    scene: Scene, api: Any, ranking: Ranking | None = None, **options: Any
) -> tuple[dict[str, Publication], tuple[PublishError, ...]]:
    """Publish the scene's ranking; return outcomes by the repo's short name."""
    from hubscore.publish.cards.publish import publish_cards

    done = publish_cards(ranking or scene.ranking, api=api, **{"results_repo": scene.results, **options})
    return {publication.repo_id: publication for publication in done.publications}, done.refused


def outcomes(publications: dict[str, Publication]) -> list[str]:
    """The outcome of each."""
    return [publication.outcome for publication in publications.values()]


def sent(scene: Scene) -> list[tuple[str, str]]:
    """What reached the Hub and changed something."""
    return [
        (method, path)
        for method, path, *_ in scene.hub.log
        if method != "GET" and method != "HEAD" and "validate-yaml" not in path
    ]


def on_other_data(scene: Scene, api: Any, **facts: Any) -> Ranking:
    """A later ranking of the same models on another split, its record published."""
    probe = replace(scene.ranking.probe, split="test", **facts)
    made = scene.changed(probe=probe)
    scene.publish_record(api, made)
    return made
