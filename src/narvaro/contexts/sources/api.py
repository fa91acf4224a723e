"""What others may ask of the sources: the worker, for what is read by itself."""

from narvaro.contexts.sources.queueing import queued_meanwhile

__all__ = ["queued_meanwhile"]
