"""An SS 12000 provider of Exempelkommun: a test peer for clients of the standard, with a menu of faults."""

from narvaro.simulator.serving import Access, Served, served
from narvaro.simulator.simulation import Simulation

__all__ = ["Access", "Served", "Simulation", "served"]
