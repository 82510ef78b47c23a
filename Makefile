# SPDX-License-Identifier: GPL-2.0-only
#
#   make            both programs, in build/
#   make check      set-up, then every test; SAN=1 under ASan, LSan and UBSan
#   make kunit      the core's KUnit suites under UML (KERNEL=v6.12.117)
#   make kunit-qemu and on the machines that QEMU emulates; hours (KERNEL=v6.12.117)
#   make bench      time and memory of a cold and a warm run
#   make gaps       known gaps, by name
#   make install    PREFIX=/usr/local

CC	?= gcc
PREFIX	?= /usr/local
BUILD	:= build
PKGS	:= gio-2.0 json-glib-1.0 libelf
CFLAGS	?= -O2 -g
CFLAGS	+= -std=gnu11 -Wall -Wextra -Wmissing-prototypes -Wno-missing-field-initializers
CPPFLAGS += -Ilib $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
LDLIBS	:= $(shell pkg-config --libs $(PKGS) 2>/dev/null)
ifdef SAN
BUILD	:= build/san
CFLAGS	+= -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
endif

objs	= $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(1)/main.c $(wildcard $(1)/test-*.c),$(wildcard $(1)/*.c)))
tests	= $(patsubst %.c,$(BUILD)/%,$(wildcard $(1)/test-*.c))

LIB	:= $(call objs,lib)
PROGRAMS := $(BUILD)/phyr-convert $(BUILD)/phyr-verify
TESTS	:= $(call tests,lib) $(call tests,convert) $(call tests,verify)

all: $(PROGRAMS)

$(BUILD)/phyr-convert: $(BUILD)/convert/main.o $(call objs,convert) $(LIB)
$(BUILD)/phyr-verify: $(BUILD)/verify/main.o $(call objs,verify) $(LIB)
$(call tests,lib): $(BUILD)/lib/%: $(BUILD)/lib/%.o $(LIB)
$(call tests,convert): $(BUILD)/convert/%: $(BUILD)/convert/%.o $(call objs,convert) $(LIB)
$(call tests,verify): $(BUILD)/verify/%: $(BUILD)/verify/%.o $(call objs,verify) $(LIB)

$(PROGRAMS) $(TESTS):
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -I$(<D) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(wildcard $(BUILD)/*/*.d)

.PHONY: all check setup unit bench kunit kunit-qemu gaps install clean
.SECONDARY:

setup:
	@tools/setup.sh

# The programs are built by a make of their own: set-up may just have
# installed what the variables above ask pkg-config for.
check: setup
	@$(MAKE) --no-print-directory unit
	@tests/run.sh $(BUILD)

unit: $(PROGRAMS) $(TESTS)

bench: setup
	@$(MAKE) --no-print-directory all
	@tests/bench.sh

kunit: setup
	@$(MAKE) --no-print-directory all
	@tests/kunit.sh $(KERNEL)

kunit-qemu:
	@tools/setup.sh --full
	@$(MAKE) --no-print-directory all
	@tests/kunit-qemu.sh $(KERNEL)

gaps:
	@grep -Hno '\<gap_[A-Za-z0-9_]*' semantic-patches/tests/*.c || echo "no known gap"

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/phyr $(DESTDIR)$(PREFIX)/share/man/man1
	install $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin
	cp -r core kunit semantic-patches verify/configs verify/fragments verify/style-allowed.tsv verify/boot $(DESTDIR)$(PREFIX)/share/phyr
	install -m 644 docs/*.1 $(DESTDIR)$(PREFIX)/share/man/man1

clean:
	rm -rf build
