"""Every number a second time, in slow and obvious Python (docs/explanation/numbers.md), without the product."""
