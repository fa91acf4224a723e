## make run      set up, make an invented municipality, analyse it; says where the report is
## make test     set up and run the tests
## make check    everything that must hold before a change is handed in: format, lint, types, contracts, words, docs, tests
## make demo     only the invented municipality (PUPILS=12000 for a bigger one)
## make bench    the same work beside other tools
## make docs     write the generated part of docs/
## make format   format the code and mend what can be mended by machine

.PHONY: help run test check demo bench docs format

help:
	@sed -n 's/^## //p' Makefile

run:
	@bin/run

test:
	@bin/test

check:
	@bin/check

demo:
	@bin/demo $(PUPILS)

bench:
	@bin/bench

docs:
	@bin/docs

format:
	@bin/format
