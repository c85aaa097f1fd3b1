"""The scoring of a run: each candidate is scored when its features are there, while the next one is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from hubscore.candidates.candidate_set import CandidateSet
from hubscore.candidates.plan import Plan
from hubscore.extract.concat import split_extractions
from hubscore.extract.extract_all import ExtractionOutcome
from hubscore.extract.layer_request import LayerRequest
from hubscore.numerics.workspace import Floats
from hubscore.ranking.builder import RankingBuilder
from hubscore.ranking.pool import ModelScores
from hubscore.ranking.request import Request
from hubscore.ranking.score_inputs import ProbeResults
from hubscore.ranking.scorer import Scorer
from hubscore.run.contaminated import with_label_names
from hubscore.run.extraction import extract_stream
from hubscore.run.rank_options import RankOptions
from hubscore.run.reference import ReferenceMaps, apply_reference, make_maps, with_reference
from hubscore.run.score_store import ScoreStore
from hubscore.run.session import Session
from hubscore.types import Candidate, Extraction, Probe, Skipped


@dataclass
class Grown:
    """What came of the candidates.

    Attributes:
        builder: of the ranking, with every candidate scored.
        skipped: those that could not be run, in the order of the candidates.
        forward_images: items that went through networks.
        maps: attribution maps that were compared.
        unfinished: names of the candidates that were not reached before the run was to stop.
    """

    builder: RankingBuilder
    skipped: tuple[Skipped, ...]
    forward_images: int
    maps: ReferenceMaps
    unfinished: tuple[str, ...] = ()


@dataclass(frozen=True)
class Growing:
    """Runs and scores the candidates of one ranking.

    Attributes:
        session: where networks run.
        ranking: which scores.
        found: the candidates.
        network: the reference network, or none.
        probes: that everyone runs over.
        rows: of all probes, one behind the other.
        texts: class names as text models write them, or none.
        layers: how kernels of layers are made, or none.
        plan: of the run.
        stop: says whether the candidates that have not come yet are to be left; asked after each.
    """

    session: Session
    ranking: RankOptions
    found: CandidateSet
    network: Candidate | None
    probes: Sequence[Probe]
    rows: Probe
    texts: Sequence[Floats] | None
    layers: LayerRequest | None
    plan: Plan
    stop: Callable[[], bool] = lambda: False

    def grow(self) -> Grown:
        """Run every candidate and score it; what is scored is kept at once, and told.

        Raises:
            CandidateError: the reference network could not be run.
            StorageError: the store cannot be written.
        """
        return self._as_they_come() if self.network is None else self._beside_the_reference()

    def _as_they_come(self) -> Grown:
        """Score each candidate when its features are there, and let them go."""
        results = [ProbeResults(probe, {}, label_texts=self.texts) for probe in self.probes]
        builder, skipped, images = self._builder(results, kernels=self.layers is not None), dict[str, Skipped](), 0
        left = dict.fromkeys(one.repo_id for one in self.found.candidates)
        stream = extract_stream(self.session, self.found.candidates, self.rows, self.ranking.transform, self.layers)
        with builder, closing(stream):
            for one in stream:
                name, images = one.candidate.repo_id, images + one.forward_images
                left.pop(name, None)
                if one.skipped is not None:
                    skipped[name] = one.skipped
                elif one.extraction is not None:
                    builder.add(self._named(one.candidate), self._each_probe(one.extraction))
                del one
                if left and self.stop():
                    break
            builder.progress = self.session.observer.scoring
            builder.wait()
        ordered = tuple(skipped[one.repo_id] for one in self.found.candidates if one.repo_id in skipped)
        return Grown(builder, ordered, images, ReferenceMaps(), tuple(left))

    def _beside_the_reference(self) -> Grown:
        """Score the candidates when all are there: the reference network and the maps, which they are compared with,
        come last.
        """
        everyone = with_reference(self.found, self.network).candidates
        outcome = self.session.extract(everyone, self.rows, transform=self.ranking.transform, layers=self.layers)
        maps = make_maps(self.session, everyone, self.rows, self.plan, self.ranking)
        head, seed = self.ranking.reference_head, self.session.data.seed
        applied = apply_reference(outcome, self.probes, self.network, maps=maps.by_kind, head=head, seed=seed)
        results = [replace(one, label_texts=self.texts) for one in applied]
        builder = self._builder(results, kernels=results[0].kernels)
        builder.progress = self.session.observer.scoring
        with builder:
            for candidate in self._there(outcome):
                builder.add(self._named(candidate), [one.extractions[candidate.repo_id] for one in results])
            builder.wait()
        return Grown(builder, outcome.skipped, outcome.forward_images, maps)

    def _builder(self, results: Sequence[ProbeResults], *, kernels: bool) -> RankingBuilder:
        asked = self.ranking
        request = Request(
            scores=asked.scores,
            reduce=asked.reduce,
            capacity=asked.capacity,
            subsamples=asked.subsamples,
            seed=self.session.data.seed,
            resample=asked.resample,
        )
        return RankingBuilder(
            Scorer(results, request, kernels=kernels),
            expected=len(self.found.candidates),
            scored=self._tell,
            store=ScoreStore(self.session.cache.root),
        )

    def _there(self, outcome: ExtractionOutcome) -> Iterator[Candidate]:
        return (one for one in self.found.candidates if one.repo_id in outcome.extractions)

    def _each_probe(self, extraction: Extraction) -> list[Extraction]:
        """Return the extraction of each probe."""
        return [one[extraction.model] for one in split_extractions({extraction.model: extraction}, self.probes)]

    def _named(self, candidate: Candidate) -> Candidate:
        (named,) = with_label_names(self.session, replace(self.found, candidates=(candidate,)))
        return named

    def _tell(self, one: ModelScores) -> None:
        parts = one.numbers.probes[0].parts
        values = {name: value for name, part in parts.items() if (value := getattr(part, "value", None)) is not None}
        self.session.observer.scored(one.context.candidate.repo_id, values)
