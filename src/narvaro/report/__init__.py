"""What ``narvaro analyse`` shows and writes: files, a page for people, a table in the terminal (M01-M05)."""
