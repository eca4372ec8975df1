"""A worker's share of what all workers together may do: its partitions out of all partitions."""


class PartitionShare:
    """Called for the share, in (0, 1]. Workers that own all partitions between them have shares that add up to 1.

    Who owns nothing keeps the smallest share that an owner can have: work that is being finished must not starve.
    """

    def __init__(self) -> None:
        self._owned = 0
        self._all = 1

    def assigned(self, owned: int, partitions: int | None) -> None:
        """Hear of an assignment: `owned` of the topic's `partitions`; None: as many as last time."""
        self._owned, self._all = owned, max(partitions or self._all, owned, 1)

    def __call__(self) -> float:
        """The share in force."""
        return max(self._owned, 1) / self._all
