"""``report.html``: one page that a mentor or principal understands at a glance. Plain functions, every text escaped."""
