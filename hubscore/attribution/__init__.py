"""Where networks look: saliency, gradient x input and epsilon-LRP maps, taken back to the images that they were made
of.
"""

from hubscore.attribution.candidates import AttributionOutcome, attribute_all
from hubscore.attribution.explainer import METHODS
from hubscore.attribution.task import Attributions

__all__ = ["METHODS", "AttributionOutcome", "Attributions", "attribute_all"]
