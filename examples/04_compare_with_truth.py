"""Fine-tune the first models of a ranking for the truth, and see how well each score had ordered them.

python examples/04_compare_with_truth.py ranking.json 5
"""

import sys

from hubscore import Ranking
from hubscore.bench.compare import compare
from hubscore.bench.interpretation import sentences
from hubscore.bench.truth import Truth
from hubscore.finetune.recipe import Recipe
from hubscore.run.finetune_top import draw_split, finetune_top

path, top = sys.argv[1], int(sys.argv[2])
ranking = Ranking.load(path)
split = draw_split(ranking)  # 300 images to train on, 100 to choose the learning rate, 300 to test

accuracies = {}
for result in finetune_top(ranking, top, split, recipe=Recipe(epochs=6, flip=False)):
    accuracies[result.model] = result.accuracy
    print(f"{result.model}: {result.accuracy:.1%} ± {result.standard_error:.1%}")

comparison = compare(ranking, Truth(accuracies, test_images=len(split.test.labels)))
for match in comparison.matches:
    tau = match.undefined["kendall"] if match.kendall is None else f"{match.kendall:.2f}"
    print(f"{match.kind:9} {match.name:18} tau-b {tau}")
print("\n".join(sentences(comparison)))
