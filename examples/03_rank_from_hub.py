"""Find checkpoints on the Hub, rank them for a data set of the Hub, and save a page to look at.

    python examples/03_rank_from_hub.py user/birds resnet ranking.html

Against the demo's own Hub, without a network connection:

    hubscore demo --keep demo
    hubscore localhub demo/hub --port 8090 &
    HF_ENDPOINT=http://127.0.0.1:8090 python examples/03_rank_from_hub.py demo/digits-5-to-9 demo ranking.html
"""

import sys

from hubscore import rank
from hubscore.candidates.query import Query

dataset, words, page = sys.argv[1:4]
query = Query(search=words, max_params=50_000_000, limit=10)
ranking = rank(dataset, query=query, scores=["logme", "h_score", "knn", "leep"], samples=300)

print(ranking.to_pandas()[["rank", "model", "consensus"]].to_string(index=False))
print(f"Order by size alone agrees with this order by tau-b {ranking.agreement.with_baselines['size']}")

ranking.save(page)  # .json .csv .parquet .md work too
ranking.save("ranking.json")  # everything that is needed to judge and repeat it
print(f"Saved {page} and ranking.json")
