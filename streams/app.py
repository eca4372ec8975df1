"""Composition root: the one place where real parts are put together."""
