"""Any file to one form: a layout, and rows as chunks of delimited UTF-8 text. No value is judged here, only
structure."""

from narvaro.facts.readers.mapping import Mapping
from narvaro.facts.readers.mapping_loading import load_mapping
from narvaro.facts.readers.opening import Said, open_recognised, open_source
from narvaro.facts.readers.source import Source

__all__ = ["Mapping", "Said", "Source", "load_mapping", "open_recognised", "open_source"]
