# Everything a developer does here. `make run` and `make test` need nothing but Python >= 3.11 and make.
PORT ?= 8000
PYTHON = .venv/bin/python

.PHONY: help run test faults browsers bench messages format pictures clean tools

help:            ## this list
	@grep -E '^[a-z]+: ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

run:             ## the demo on http://localhost:8000 (PORT=8001 for another port)
	@sh scripts/venv.sh requirements.txt
	@$(PYTHON) scripts/run.py $(PORT)

test: tools      ## everything: style, checks, tests on SQLite and PostgreSQL, browser
	@$(PYTHON) scripts/test.py

faults: tools    ## kill, cut and fill up everything while people write, with full counts; 10 to 20 minutes
	@$(PYTHON) scripts/faults.py

bench: tools     ## queries, bytes and milliseconds of the main pages, next to a bare view
	@$(PYTHON) scripts/bench.py

browsers: tools  ## the same words in Firefox ESR and WebKitGTK (installs them; as root)
	@$(PYTHON) scripts/browsers.py

messages: tools  ## bring the Japanese catalogue up to date after changing texts
	@$(PYTHON) scripts/messages.py

format: tools    ## let ruff put the code in order
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

pictures: tools  ## draw the pictures of the README and the guides again, from the demo
	@$(PYTHON) scripts/pictures.py

clean:           ## remove the virtual environment and collected files; what was written stays
	rm -rf .venv staticfiles .pytest_cache .ruff_cache

tools:
	@sh scripts/venv.sh requirements.txt requirements-dev.txt
