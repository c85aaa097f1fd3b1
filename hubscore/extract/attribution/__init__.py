"""Where networks look: saliency, gradient x input and epsilon-LRP maps, taken back to the images that they were made of."""

from hubscore.extract.attribution.every import Attributed, AttributionOutcome, attribute_all
from hubscore.extract.attribution.explain import METHODS

__all__ = ["METHODS", "Attributed", "AttributionOutcome", "attribute_all"]
