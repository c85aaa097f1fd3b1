"""Where networks look: saliency, gradient x input and epsilon-LRP maps, taken back to the images that they were made
of.

Written by hand, because the libraries for this, captum and zennit, explain one output of a network whose layers
somebody named for them; here the whole representation of any checkpoint is explained, its residual sums, attention and
gates are found in the network as it was loaded, and maps are taken back from each network's own crop to one grid. The
tests hold saliency and gradient x input against captum and epsilon-LRP of a plain network against zennit.
"""

from hubscore.attribution.candidates import AttributionOutcome, attribute_all
from hubscore.attribution.explainer import METHODS
from hubscore.attribution.task import Attributions

__all__ = ["METHODS", "AttributionOutcome", "Attributions", "attribute_all"]
