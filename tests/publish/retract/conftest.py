from resultscene import alice, bob, ranking

__all__ = ["alice", "bob", "ranking"]
