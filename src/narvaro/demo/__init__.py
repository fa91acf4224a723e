"""Exempelkommun: an invented municipality of any size, with a named cast whose stories are known."""

from narvaro.demo.generator import DemoFiles, generate

__all__ = ["DemoFiles", "generate"]
