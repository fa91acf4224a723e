"""The command ``narvaro``: the main job on a laptop, without a server. Wires facts, plans, demo and report together."""
