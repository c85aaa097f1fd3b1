from evilranking import evil_ranking
from resultscene import alice, bob, ranking

__all__ = ["alice", "bob", "evil_ranking", "ranking"]
