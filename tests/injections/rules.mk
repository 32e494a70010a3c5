# Texts that give orders to a language model which obeys all of them: nothing may happen without a person.
#
#   make injections [INJECTIONS=300]    over the real programs; exit 1 when one acted

.PHONY: injections injections-run

INJECTIONS ?= 300
injections: ## INJECTIONS=300 texts that order an obedient language model to act, over the real programs
	@config/local/install-packages $(DEPS_BUILD) $(DEPS_RUN) $(DEPS_TEST)
	@+env -u HARDENING $(MAKE) --no-print-directory -s check=1 injections-run

injections-run: $(addprefix $(OUT)/,$(PROGRAMS))
	@AGENT_BUILD=$(CURDIR)/$(OUT) PYTHONPATH=tests/e2e:tests/injections PYTHONDONTWRITEBYTECODE=1 INJECTIONS_N=$(INJECTIONS) \
	  /usr/bin/python3 -m pytest -q -p no:cacheprovider -p conftest -c tests/e2e/pytest.ini \
	  --rootdir tests/injections --timeout=$$((120 + $(INJECTIONS) * 2)) tests/injections
