"""Which checkpoints look at the same pixels of your images? A saved model map, its pictures, and which network is
nearest to your own.

python examples/05_model_map.py user/birds my-map my-net timm/resnet18.a1_in1k timm/vit_tiny_patch16_224.augreg_in21k
"""

import sys

from hubscore.modelmap.build import build_map
from hubscore.modelmap.method import choose_method
from hubscore.modelmap.structure import neighbours
from hubscore.report.map_files import save_map

dataset, folder, mine, *others = sys.argv[1:]
method = choose_method("attribution", attribution="gradient_x_input")
saved = build_map(dataset, folder, models=[mine, *others], method=method, samples=100)

for near in neighbours(saved, mine):
    print(f"{near['rank']} {near['model']:45} mean cosine {near['similarity']:+.3f}")
save_map(saved, saved.folder / "map.html")
save_map(saved, saved.folder / "tree.svg", picture="tree")
