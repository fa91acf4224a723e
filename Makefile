## make run      set up, load an invented municipality, start web and worker; says the address and who can sign in
## make test     set up and run the tests
## make check    everything that must hold before a change is handed in: format, lint, types, contracts, words, docs, tests
## make matrix   who may see what: all cases of the permissions (make test asks a part of them)
## make demo     the invented municipality as files, analysed without a server (PUPILS=12000 for a bigger one)
## make bench    the same work beside other tools
## make docs     write the generated part of docs/
## make format   format the code and mend what can be mended by machine

.PHONY: help run test check matrix demo bench docs format

help:
	@sed -n 's/^## //p' Makefile

run:
	@bin/run

test:
	@bin/test

check:
	@bin/check

matrix:
	@bin/matrix

demo:
	@bin/demo $(PUPILS)

bench:
	@bin/bench

docs:
	@bin/docs

format:
	@bin/format
