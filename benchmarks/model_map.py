"""Do networks of one source, and of one family, lie together? P@K in the model map of real checkpoints, by every
method.

    HUBSCORE_ZOO=path/to/zoo python benchmarks/model_map.py --write docs/model-map.md --pictures docs

The folder that HUBSCORE_ZOO names holds checkpoints and data sets, and a README.md whose table says what each
checkpoint is and what it was trained on. A map over all of them is built for each method over test images of each
data set; labels are not used. Maps and features are kept in ``--cache``; the first run takes long on a CPU, any later
one a minute.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from hubscore.attribution import attribute_all
from hubscore.bench.relations import chance, precision_at
from hubscore.candidates.resolve import resolve_candidates
from hubscore.errors import Undefined
from hubscore.extract.cache import FeatureCache
from hubscore.hub.client import hub_api
from hubscore.modelmap.build import build_map
from hubscore.modelmap.method import ATTRIBUTIONS, Method, choose_method
from hubscore.modelmap.model_map import ModelMap
from hubscore.probe.load import load_probe
from hubscore.report.map_files import save_map
from hubscore.run.options import RunOptions
from hubscore.types import Probe

SETS = ("cifar10", "scenes6")
IMAGES = 100
METHODS: dict[str, Method] = {
    **{
        f"attribution, {name.replace('_', ' ')}": choose_method("attribution", attribution=name)
        for name in ATTRIBUTIONS
    },
    "DEPARA-V": choose_method("depara_nodes"),
    "DEPARA-E": choose_method("depara_edges"),
    "DEPARA, lambda = 1": choose_method("depara"),
    "SVCCA, 20 directions": choose_method("svcca", components=20),
    "SVCCA, 99 %": choose_method("svcca"),
    "CKA": choose_method("cka"),
    "CKA, debiased": choose_method("cka", debiased=True),
    "RSA": choose_method("rsa"),
}
DRAWN, MAPPED = "DEPARA, lambda = 1", "attribution, gradient x input"
SIDE_BY_SIDE = (
    "zoo/mini-resnet_mnist",
    "zoo/mini-resnet_cifar10",
    "zoo/mini-vit_cifar10",
    "akamaster/resnet56_cifar10",
    "google/mobilenet_v1_1.0_224",
)
START, END = "<!-- table of {} -->", "<!-- end of table of {} -->"


class Zoo(NamedTuple):
    """What is known of the checkpoints of a map, in its order."""

    sources: np.ndarray
    families: np.ndarray


def facts(zoo: Path, names: tuple[str, ...]) -> Zoo:
    """Read source and family of each checkpoint from the table in the zoo's README."""
    known = {}
    for line in (zoo / "README.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) > 4 and "/" in cells[0] and (zoo / "models" / cells[0]).is_dir():
            known[cells[0]] = (cells[3], re.sub(r"-[^-]*$", "", cells[1]))
    found = [known["/".join(Path(name).parts[-2:])] for name in names]
    return Zoo(np.array([source for source, _ in found]), np.array([family for _, family in found]))


def build(zoo: Path, probe: Probe, method: Method, folder: Path, store: FeatureCache) -> ModelMap:
    shutil.rmtree(folder, ignore_errors=True)
    running = RunOptions(device="cpu", cache_dir=store.root)
    return build_map(probe, folder, models=[str(zoo / "models")], method=method, run=running)


def run_once(zoo: Path, probe: Probe, store: FeatureCache) -> None:
    """Make all maps that the methods need: the three of the mean in one pass, then DEPARA's nodes."""
    candidates = resolve_candidates([str(zoo / "models")], api=hub_api()).candidates

    def report(event: object) -> None:
        print(f"  {event}", flush=True)

    options = {"fetch": lambda candidate: Path(candidate.path), "store": store, "device": "cpu", "progress": report}
    attribute_all(candidates, probe, methods=ATTRIBUTIONS, **options)
    attribute_all(candidates, probe, methods=("gradient_x_input",), objective="norm", **options)


def transfer(model_map: ModelMap, zoo: Path, dataset: str) -> str:
    """Return how the similarity to a data set's own networks goes with real fine-tuning of the others on it
    (Spearman, mean).
    """
    oracle = pd.read_csv(zoo / "oracle.csv")
    known = {
        row.model: row.accuracy for row in oracle[(oracle.target == dataset) & (oracle.source != dataset)].itertuples()
    }
    names = ["/".join(Path(name).parts[-2:]) for name in model_map.names]
    accuracies = np.array([known.get(name, np.nan) for name in names])
    found = []
    for target in np.flatnonzero(facts(zoo, model_map.names).sources == dataset):
        use = np.isfinite(accuracies) & np.isfinite(model_map.similarities[target])
        if use.sum() >= 10:
            found.append(spearmanr(model_map.similarities[target][use], accuracies[use]).statistic)
    return f"{np.mean(found):.2f}" if found else "-"


def judged(model_map: ModelMap, zoo: Zoo) -> list[str]:
    """Return the cells of a line: P@1, P@3 (chance) of source and family, and P@1 of each where the other cannot
    help.
    """
    source, family = (labels[:, None] == labels[None, :] for labels in (zoo.sources, zoo.families))
    itself = np.eye(len(model_map), dtype=bool)
    cells = []
    for same, other in ((source, family), (family, source)):
        cells.append(share(model_map, same, itself, (1, 3)))
        cells.append(share(model_map, same, itself | other, (1,)))
    return cells


def share(model_map: ModelMap, same: np.ndarray, out: np.ndarray, places: tuple[int, ...]) -> str:
    relevant = same & ~out
    try:
        values = [precision_at(k, model_map.similarities, relevant, left_out=out) for k in places]
        return f"{' / '.join(f'{value:.2f}' for value in values)} ({chance(relevant, left_out=out):.2f})"
    except Undefined:
        return "-"


def table(maps: dict[str, ModelMap], zoo: Path, dataset: str) -> str:
    lines = [
        (
            "| method | source: P@1 / P@3 | other families only: P@1 | family: P@1 / P@3 | other sources only: P@1 |"
            " transfer | pairs |"
        ),
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, model_map in maps.items():
        pairs = np.isfinite(model_map.similarities[np.triu_indices(len(model_map), 1)])
        cells = judged(model_map, facts(zoo, model_map.names)) if pairs.any() else ["undefined"] * 4
        lines.append(
            f"| {name} | {' | '.join(cells)} | {transfer(model_map, zoo, dataset)} | {pairs.sum()} of {pairs.size} |"
        )
    return "\n".join(lines)


def write(path: Path, dataset: str, text: str) -> None:
    """Put a table between the markers of a page."""
    start, end = START.format(dataset), END.format(dataset)
    before, _, rest = path.read_text().partition(start)
    path.write_text(f"{before}{start}\n{text}\n{end}{rest.partition(end)[2]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sets", nargs="*", default=SETS)
    parser.add_argument("--images", type=int, default=IMAGES)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "hubscore-model-map")
    parser.add_argument("--write", type=Path, help="page whose tables to replace")
    parser.add_argument("--pictures", type=Path, help="folder for tree, heat map and maps")
    chosen = parser.parse_args()
    zoo, store = Path(os.environ["HUBSCORE_ZOO"]).resolve(), FeatureCache(chosen.cache)
    for dataset in chosen.sets:
        probe = load_probe(zoo / "datasets" / dataset, split="test", samples=chosen.images, labels_required=False)
        run_once(zoo, probe, store)
        maps = {
            name: build(zoo, probe, method, chosen.cache / dataset / str(at), store)
            for at, (name, method) in enumerate(METHODS.items())
        }
        text = table(maps, zoo, dataset)
        print(f"\n{dataset}, {len(probe)} images\n\n{text}\n", flush=True)
        if chosen.write:
            write(chosen.write, dataset, text)
        if chosen.pictures:
            save_map(maps[DRAWN], chosen.pictures / f"map-{dataset}-tree.svg", picture="tree")
            save_map(maps[DRAWN], chosen.pictures / f"map-{dataset}-heat.svg", picture="heat")
            if dataset == "cifar10":
                save_map(
                    maps[MAPPED],
                    chosen.pictures / "map-attributions.png",
                    picture="maps",
                    models=SIDE_BY_SIDE,
                    images=range(5),
                )


if __name__ == "__main__":
    main()
