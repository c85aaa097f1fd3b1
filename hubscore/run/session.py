"""`Session`: the steps from options to extractions, which every verb shares."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, cast

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.download import cached_bytes
from hubscore.candidates.downloader import Downloader
from hubscore.candidates.eviction import EvictionJournal
from hubscore.candidates.finetuning_work import FineTuningWork
from hubscore.candidates.plan import Plan, make_plan
from hubscore.candidates.query import Query
from hubscore.candidates.race_work import RaceWork
from hubscore.candidates.resolve import of_modality, resolve_candidates
from hubscore.candidates.search import search_candidates
from hubscore.candidates.sizes import measure_sizes
from hubscore.errors import CandidateError, ErrorCode, UsageError
from hubscore.extract.cache import FeatureCache
from hubscore.extract.distributed import resolve_device
from hubscore.extract.extract_all import ExtractionOutcome
from hubscore.extract.layer_request import LayerRequest
from hubscore.extract.machine_speed import seconds_per_parameter
from hubscore.extract.overlay import usable_cache
from hubscore.hub.client import free_bytes, hub_api
from hubscore.hub.outage import Outage
from hubscore.modalities.registry import DEFAULT, MODALITIES
from hubscore.probe.load import load_probe, preview_probe
from hubscore.run.extraction import extract, supervision
from hubscore.run.observer import RunObserver
from hubscore.run.options import CandidateOptions, DataOptions, RunOptions
from hubscore.run.stored_work import remember_rows, with_known_rows
from hubscore.types import Candidate, ItemSeconds, Probe

if TYPE_CHECKING:
    from hubscore.attribution import AttributionOutcome
    from hubscore.attribution.explainer import Objective, Reading
    from hubscore.models.network import Network


class Session:
    """One run: checks, opens the cache, draws the probe, finds and plans candidates, asks, and extracts.

    Args:
        data: which rows are looked at.
        candidates: which checkpoints.
        run: how they run.
        observer: called at every step.

    Example:
        >>> session = Session(run=RunOptions(device="cpu"))
        >>> session.device
        'cpu'
    """

    def __init__(
        self,
        data: DataOptions | None = None,
        candidates: CandidateOptions | None = None,
        run: RunOptions | None = None,
        observer: RunObserver | None = None,
    ) -> None:
        self.data, self.candidates = data or DataOptions(), candidates or CandidateOptions()
        self.run, self.observer = run or RunOptions(), observer or RunObserver()
        self._known: dict[tuple[str, ...], CandidateSet] = {}
        self.modality = self.data.modality
        """What kind of input the candidates take: as asked for, or that of the probe once it is drawn."""
        self.kept = frozenset[str]()
        """Candidates whose files stay although the run evicts: another stage of a race may need them."""
        self._rate: float | None = None
        self.seconds, self.item_seconds = dict[str, float](), cast("ItemSeconds | None", None)
        """What the plan says that each candidate takes, by ``repo_id``; what the probe's items take beside that."""

    @cached_property
    def device(self) -> str:
        """Where networks run.

        Raises:
            UsageError: there is no such device.
        """
        return resolve_device(self.run.device)

    @cached_property
    def cache(self) -> FeatureCache:
        """Where features and attribution maps are kept."""
        return FeatureCache(self.run.cache_dir)

    @cached_property
    def downloader(self) -> Downloader:
        """What fetches checkpoints, and deletes what it fetched."""
        journal = EvictionJournal(self.cache.root) if self.run.evict else None
        return Downloader(self.run.token, outage=Outage(self.observer.hub_fails), journal=journal)

    def open(self) -> None:
        """Check the device and prepare the cache, before anything is read.

        Raises:
            UsageError: there is no such device.
            StorageError: the cache cannot be used.
        """
        if self.run.isolation == "never" or self.run.device not in ("auto", "cpu"):
            _ = self.device  # asks torch, which a run with workers does not need
        self.cache = usable_cache(self.cache, self.observer.not_kept)

    def draw_probe(
        self, dataset: str | os.PathLike[str] | Probe, *, labels_required: bool = False, number: int = 0
    ) -> Probe:
        """Return the rows that every candidate runs over; a probe that was drawn before stays as it is.

        Args:
            dataset: a Hub id, a folder of images, a CSV or Parquet file, or a probe.
            labels_required: refuse a data set without labels.
            number: of several fresh probes, counted from 0.

        Raises:
            DatasetError: the data set cannot be used.
            UsageError: an option does not go with it.
            HubError: the Hub refused, failed or could not be reached.
        """
        if not isinstance(dataset, Probe):
            seed = self.data.seed + number
            draw = partial(load_probe, dataset, labels_required=labels_required, token=self.run.token)
            dataset = self._decided(lambda data: draw(data=replace(data, seed=seed)))
            remember_rows(self.cache.root, dataset)
        return self._seen(dataset, dataset.item_seconds and replace(dataset.item_seconds, once=0.0))  # it is decoded

    def preview_probe(self, dataset: str | os.PathLike[str], *, labels_required: bool = False) -> Probe:
        """Return what :meth:`draw_probe` would draw, without its items; no file of the data set is decoded.

        Raises:
            HubscoreError: as there.
        """
        token = self.run.token
        found = self._decided(lambda data: preview_probe(dataset, data, labels_required=labels_required, token=token))
        return self._seen(with_known_rows(self.cache.root, found), found.item_seconds)

    def _seen(self, probe: Probe, seconds: ItemSeconds | None) -> Probe:
        self.modality, self.item_seconds = probe.modality, seconds
        return probe.without_labels() if self.data.unlabeled else probe

    def _decided(self, draw: Callable[[DataOptions], Probe]) -> Probe:
        """Draw; where nothing but being left over makes a column the label, ask."""
        try:
            return draw(self.data)
        except UsageError as error:
            if error.code != ErrorCode.LABEL_UNSURE or not self.observer.label_unsure(error):
                raise
            (column,) = cast(list[str], error.details["candidates"])
        self.data = replace(self.data, label_column=column)
        return draw(self.data)

    def check_models(self, *others: str | None) -> None:
        """Look up the candidates that were named, before rows are read: a name costs nothing, a probe may.

        Args:
            others: further networks that the run will need.

        Raises:
            CandidateError: none of the candidates, or one of the others, can be used.
            HubError: the Hub cannot be read.
        """
        if self.candidates.models:
            self.observer.resolved(of_modality(self._resolved(self.candidates.models), self.modality))
        for name in others:
            if name is not None:
                self.find_network(name)

    def _resolved(self, names: str | Sequence[str]) -> CandidateSet:
        """Look names up, each list of them once a run."""
        listed = (names,) if isinstance(names, str) else tuple(map(os.fspath, names))
        if listed not in self._known:
            self._known[listed] = resolve_candidates(listed, api=hub_api(self.run.token))
        return self._known[listed]

    def find_candidates(self) -> CandidateSet:
        """Return the candidates that were named, or else those that the Hub lists, with their sizes.

        Raises:
            CandidateError: there are none.
            HubError: the Hub cannot be read.
        """
        api, models = hub_api(self.run.token), self.candidates.models
        query = self.candidates.to_query() or Query()
        found = measure_sizes(
            of_modality(self._resolved(models), self.modality)
            if models
            else search_candidates(query, api=api, modality=self.modality or DEFAULT),
            api=api,
        )
        found = replace(found, candidates=self._as_read(found.candidates))
        if not found.candidates:
            reasons = "; ".join(f"{item.model}: {item.reason}" for item in found.skipped)
            raise CandidateError(
                "There is no candidate to rank", reasons or "none was named and none was found", "--models or --search"
            )
        return found

    def find_network(self, name: str) -> Candidate:
        """Return one network by name; errors as of :func:`hubscore.candidates.resolve.resolve_candidates`."""
        return self._as_read(of_modality(self._resolved([name]), self.modality).candidates[:1])[0]

    def _as_read(self, candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """Return candidates that are read as the run asks for.

        Raises:
            UsageError: it asks for something of texts, and they are no networks over text.
        """
        pooling, hidden = self.run.pooling, self.run.hidden_layers
        asked = {"pooling": pooling, "hidden_layers": hidden}
        named = [f"--{name.replace('_', '-')}" for name, value in asked.items() if value is not None]
        other = next((one for one in candidates if one.modality != "text"), None)
        if named and other is not None:
            noun = MODALITIES.get(other.modality).nouns[1]
            words = " and ".join(named)
            raise UsageError(f"{words} is about texts", f"{other.repo_id} takes {noun}", f"leave out {words}")
        if self.run.input_size is not None and any(one.modality == "text" for one in candidates):
            raise UsageError("--input-size is about images", "it counts pixels, and texts have none", "leave it out")
        if not named:
            return tuple(candidates)
        return tuple(replace(one, pooling=pooling, hidden_layers=hidden) for one in candidates)

    def plan(
        self,
        found: CandidateSet,
        samples: int,
        finetuning: FineTuningWork | None = None,
        *,
        layers: bool = False,
        left: Mapping[str, float] | None = None,
    ) -> Plan:
        """Return what running candidates over so many samples, once more for the kernels of their ``layers``, and
        fine-tuning the first would download, take on the disk and last; this machine's speed is measured once. What
        :func:`hubscore.run.stored_work.passes_left` finds is ``left`` of those of which something is kept.
        """
        return make_plan(
            found,
            samples=samples,
            layers=layers,
            cached={one.repo_id: cached_bytes(one) for one in found.candidates},
            rate=self._speed(found, finetuning, left),
            input_size=self.run.input_size,
            free=free_bytes(),
            finetuning=finetuning,
            items=self.item_seconds,
            left=left,
        )

    def _speed(
        self, found: CandidateSet, finetuning: FineTuningWork | None, left: Mapping[str, float] | None
    ) -> float | None:
        """Return how fast this machine is, once a run; where nothing is left to compute, what is known will do."""
        if self._rate is None:
            kept = left is not None and not any(left.get(one.repo_id, 1.0) for one in found.candidates)
            old = kept and finetuning is None
            self._rate = seconds_per_parameter(self.cache.root, self.run.device, old=old)
        return self._rate

    def begin(
        self,
        found: CandidateSet,
        samples: int,
        finetuning: FineTuningWork | None = None,
        *,
        layers: bool = False,
        race: RaceWork | None = None,
        left: Mapping[str, float] | None = None,
    ) -> Plan:
        """Plan, ask about the budget, and announce the first download; arguments as of :meth:`plan`, and the race.

        Raises:
            BudgetError: more would be downloaded than allowed.
            Cancelled: the person said no.
        """
        plan = replace(self.plan(found, samples, finetuning, layers=layers, left=left), race=race)
        whole = self.plan(found, samples, finetuning, layers=layers) if left else plan  # should the cache be cleared
        self.seconds = {row.model: row.seconds for row in whole.rows}
        self.observer.planned(plan, self.run.budget_gb, self.run.yes)
        self.observer.cleared(*self.downloader.delete_left(found.candidates))
        self.observer.extracting(plan)
        return plan

    def extract(
        self,
        candidates: Sequence[Candidate],
        probe: Probe,
        *,
        transform: str = "own",
        layers: LayerRequest | None = None,
    ) -> ExtractionOutcome:
        """Run every candidate over the probe, as :func:`hubscore.run.extraction.extract` says."""
        return extract(self, candidates, probe, transform, layers)

    def attribute(
        self,
        candidates: Sequence[Candidate],
        probe: Probe,
        method: str,
        *,
        objective: Objective,
        map_size: int = 64,
        own_size: bool = False,
        reading: Reading = "released",
    ) -> AttributionOutcome:
        """Make the attribution maps of every candidate, or take them from the cache.

        Args:
            candidates: to be explained.
            probe: over whose images.
            method: of attribution.
            objective: what is explained.
            map_size: most cells per side of a map; 0 for the images' own size.
            reading: of saliency.
            own_size: run at each network's own input size, whatever ``input_size`` says.
        """
        from hubscore.attribution import attribute_all

        return attribute_all(
            candidates,
            probe,
            fetch=self.downloader.download,
            fetch_config=self.downloader.download_config,
            store=self.cache,
            methods=(method,),
            objective=objective,
            map_size=map_size,
            reading=reading,
            device=self.run.device,
            batch_size=self.run.batch_size,
            input_size=None if own_size else self.run.input_size,
            progress=self.observer.event,
            forget=self.downloader.evict if self.run.evict else None,
            supervision=supervision(self, len(candidates)),
        )

    def load_network(self, candidate: Candidate, *, keep: bool = False) -> Network:
        """Download and load a checkpoint, or raise a CandidateError; with ``evict`` its files go again, or are kept."""
        from hubscore.models.load import load_network

        folder = self.downloader.download(candidate)
        network = load_network(candidate.in_one_layer(), folder, input_size=self.run.input_size)
        if self.run.evict:
            (self.downloader.keep if keep else self.downloader.evict)(candidate)
        return network
