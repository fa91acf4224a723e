"""Pure rules and numbers: no I/O, no clock, no framework. Dates and settings come in as arguments."""
