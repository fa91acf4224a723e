"""Warnings of the plan's rules, and what people decide about them. A rule warns, a person decides (M03-M05)."""
