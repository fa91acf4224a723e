"""An SS 12000 provider of Exempelkommun: a test peer for clients of the standard, with a menu of faults."""
