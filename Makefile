# Muster's build. One GNU Makefile, no configure step.
#   make all check asan fuzz bench bench-full lint fmt compile_commands.json install uninstall
# BUILD names the output folder; SAN=1 builds with ASan and UBSan (folder build-asan), TSAN=1 with
# ThreadSanitizer (folder build-tsan).

VERSION := 0.1.0
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
LOCALSTATEDIR ?= /var
DESTDIR ?=
CC ?= gcc
CLANG ?= clang
PYTHON ?= /usr/bin/python3
FUZZ_SECONDS ?= 60

ifdef SAN
BUILD ?= build-asan
SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
else ifdef TSAN
BUILD ?= build-tsan
SANFLAGS := -fsanitize=thread -fno-omit-frame-pointer
else
BUILD ?= build
SANFLAGS :=
endif

WARN := -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wold-style-definition -Wpointer-arith -Wcast-qual -Wcast-align -Wwrite-strings -Wformat=2 \
	-Wundef -Wvla -Wconversion -Wsign-conversion -Wimplicit-fallthrough -Wnull-dereference \
	-Wredundant-decls
# Texts are cut on purpose (err.h says so); the warning fires on every bounded snprintf.
WARN += -Wno-format-truncation
GCCWARN := -Wlogical-op -Wduplicated-cond -Wformat-signedness
ifneq ($(findstring clang,$(CC)),)
GCCWARN :=
endif
PKGS := lmdb openssl libsasl2 krb5 libargon2 libcrypt libutf8proc
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS))
PKG_LIBS := $(shell pkg-config --libs $(PKGS))
HARDEN := -fstack-protector-strong -fno-strict-aliasing -fPIE
ifeq ($(SAN)$(TSAN),)
HARDEN += -D_FORTIFY_SOURCE=2
endif
DEFS := -D_GNU_SOURCE -DMUSTER_VERSION='"$(VERSION)"' -DMUSTER_SYSCONFDIR='"$(SYSCONFDIR)"' \
	-DMUSTER_LOCALSTATEDIR='"$(LOCALSTATEDIR)"' -DMUSTER_PREFIX='"$(PREFIX)"'
OPT ?= -O2 -g
CPPFLAGS += -I. -Islapd $(DEFS) $(PKG_CFLAGS)
CFLAGS_ALL = -std=c11 $(OPT) $(WARN) $(GCCWARN) $(HARDEN) $(SANFLAGS) $(CFLAGS)
LDFLAGS_ALL = -pie -Wl,-z,relro,-z,now $(SANFLAGS) $(LDFLAGS)

ROOMS := base wire model config store acl auth op overlay repl net
LIB_SRC := $(foreach r,$(ROOMS),$(wildcard slapd/$(r)/*.c))
LIB_OBJ := $(LIB_SRC:%.c=$(BUILD)/obj/%.o)
TOOL_SRC := $(wildcard tools/*.c)
TOOL_OBJ := $(TOOL_SRC:%.c=$(BUILD)/obj/%.o)
MAIN_SRC := $(wildcard slapd/*.c)
MAIN_OBJ := $(MAIN_SRC:%.c=$(BUILD)/obj/%.o)
MUSTER_SRC := $(wildcard tools/muster/*.c)
MUSTER_OBJ := $(MUSTER_SRC:%.c=$(BUILD)/obj/%.o)
MIGRATE_SRC := $(wildcard migrate/*.c)
MIGRATE_OBJ := $(MIGRATE_SRC:%.c=$(BUILD)/obj/%.o)
BASE_OBJ := $(patsubst %.c,$(BUILD)/obj/%.o,$(wildcard slapd/base/*.c))
SLAP_NAMES := slapadd slapcat slapindex slapmodify slappasswd slaptest slapdn slapschema slapacl \
	slapauth
SCHEMA_SRC := $(wildcard schema/*.schema)
SCHEMA_LDIF := $(SCHEMA_SRC:schema/%.schema=$(BUILD)/schema/%.ldif)

BENCH_SRC := $(wildcard tests/bench/*.c)
BENCH_OBJ := $(BENCH_SRC:%.c=$(BUILD)/obj/%.o)
BENCH_LIB_OBJ := $(filter-out %/load.o %/null.o,$(BENCH_OBJ))
BENCH_BIN := $(BUILD)/bench/load $(BUILD)/bench/null

UNIT_SRC := $(wildcard tests/unit/*/*_test.c)
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/unit/%)
FUZZ_SRC := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_BIN := $(FUZZ_SRC:tests/fuzz/%.c=build-fuzz/%)
REPLAY_BIN := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)
MAN_SRC := $(wildcard docs/man/*.[1-8])

.PHONY: all check unit replay server-tests asan fuzz bench bench-full bench-tools lint fmt install uninstall \
	clean
all: $(BUILD)/sbin/slapd $(addprefix $(BUILD)/sbin/,$(SLAP_NAMES)) $(SCHEMA_LDIF) \
	$(if $(MUSTER_SRC),$(BUILD)/bin/muster) $(if $(MIGRATE_SRC),$(BUILD)/bin/ldapmigrate)

$(BUILD)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(CPPFLAGS) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

$(BUILD)/lib/libslapd.a: $(LIB_OBJ)
	@mkdir -p $(@D)
	@rm -f $@
	ar rcs $@ $(LIB_OBJ)

$(BUILD)/lib/libmigrate.a: $(filter-out %/main.o,$(MIGRATE_OBJ))
	@mkdir -p $(@D)
	@rm -f $@
	ar rcs $@ $^

$(BUILD)/sbin/slapd: $(MAIN_OBJ) $(TOOL_OBJ) $(BUILD)/lib/libslapd.a
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PKG_LIBS) -lpthread

$(addprefix $(BUILD)/sbin/,$(SLAP_NAMES)): $(BUILD)/sbin/slapd
	ln -sf slapd $@

$(BUILD)/bin/ldapmigrate: $(MIGRATE_OBJ) $(BASE_OBJ)
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ -lldap -llber -lpthread

$(BUILD)/bin/muster: $(MUSTER_OBJ) $(BUILD)/lib/libslapd.a
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ -lldap -llber $(PKG_LIBS) -lpthread

$(BUILD)/lib/libbench.a: $(BENCH_LIB_OBJ)
	@mkdir -p $(@D)
	@rm -f $@
	ar rcs $@ $^

$(BENCH_BIN): $(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(BUILD)/lib/libbench.a $(BUILD)/lib/libslapd.a
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ $(PKG_LIBS) -lpthread

$(BUILD)/schema/%.ldif: schema/%.schema schema/to-ldif
	@mkdir -p $(@D)
	schema/to-ldif $< > $@.tmp && mv $@.tmp $@

$(BUILD)/unit/%_test: tests/unit/%_test.c $(BUILD)/lib/libslapd.a $(BUILD)/lib/libbench.a $(if $(MIGRATE_SRC),$(BUILD)/lib/libmigrate.a)
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(CPPFLAGS) $(CFLAGS_ALL) -MMD -MP -MF $@.d $(LDFLAGS_ALL) -o $@ $< \
		$(if $(findstring unit/migrate/,$@),$(BUILD)/lib/libmigrate.a -lldap -llber) \
		$(if $(findstring unit/bench/,$@),$(BUILD)/lib/libbench.a) \
		$(BUILD)/lib/libslapd.a -lcmocka $(PKG_LIBS) -lpthread

unit: $(UNIT_BIN)
	@tests/run-units $(UNIT_BIN)

# Replays every fuzz target's seeds through the ordinary (or sanitized) build.
$(BUILD)/fuzz/%: tests/fuzz/%.c tests/fuzz/replay.c $(BUILD)/lib/libslapd.a
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CC) $(CPPFLAGS) $(CFLAGS_ALL) -Wno-missing-prototypes $(LDFLAGS_ALL) -o $@ $< \
		tests/fuzz/replay.c $(BUILD)/lib/libslapd.a $(PKG_LIBS) -lpthread

replay: $(REPLAY_BIN)
	@tests/fuzz/replay-all $(BUILD)/fuzz

# Coverage-guided fuzzing of every target for FUZZ_SECONDS each.
FUZZ_CFLAGS := -std=c11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined
FUZZ_OBJ := $(LIB_SRC:%.c=build-fuzz/obj/%.o)

build-fuzz/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo "  CC $@"
	@$(CLANG) $(CPPFLAGS) $(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

build-fuzz/libslapd.a: $(FUZZ_OBJ)
	@rm -f $@
	ar rcs $@ $(FUZZ_OBJ)

build-fuzz/%: tests/fuzz/%.c build-fuzz/libslapd.a
	@echo "  CC $@"
	@$(CLANG) $(CPPFLAGS) $(FUZZ_CFLAGS) -fsanitize=fuzzer -o $@ $< build-fuzz/libslapd.a \
		$(PKG_LIBS) -lpthread

fuzz: $(FUZZ_BIN)
	@tests/fuzz/run-all build-fuzz $(FUZZ_SECONDS)

asan:
	$(MAKE) SAN=1 all unit replay

server-tests: all
	$(PYTHON) -m pytest -q tests/server

check:
	tools/check

bench-tools: $(BENCH_BIN)

# The short form takes about five minutes, bench-full an hour or more and publishes its results.
bench: all bench-tools
	$(PYTHON) tests/bench/run --build $(BUILD)

bench-full: all bench-tools
	$(PYTHON) tests/bench/run --build $(BUILD) --full --publish

lint:
	@tools/lint

fmt:
	clang-format -i $(LIB_SRC) $(TOOL_SRC) $(MIGRATE_SRC) $(MUSTER_SRC) $(UNIT_SRC) $(FUZZ_SRC) \
		$(MAIN_SRC) $(BENCH_SRC) tests/fuzz/replay.c $(wildcard slapd/*.h slapd/*/*.h tools/*.h tools/*/*.h \
		migrate/*.h tests/*/*.h tests/*/*/*.h)

compile_commands.json: Makefile $(LIB_SRC) $(TOOL_SRC) $(MIGRATE_SRC) $(MUSTER_SRC)
	@tools/compile-commands > $@.tmp && mv $@.tmp $@

install: all
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/muster/schema
	install -m 755 $(BUILD)/sbin/slapd $(DESTDIR)$(PREFIX)/sbin/slapd
	for n in $(SLAP_NAMES); do ln -sf slapd $(DESTDIR)$(PREFIX)/sbin/$$n; done
	for b in muster ldapmigrate; do [ ! -f $(BUILD)/bin/$$b ] || \
		install -m 755 $(BUILD)/bin/$$b $(DESTDIR)$(PREFIX)/bin/$$b; done
	install -m 644 $(SCHEMA_SRC) $(SCHEMA_LDIF) $(DESTDIR)$(PREFIX)/share/muster/schema/
	install -d $(DESTDIR)$(PREFIX)/share/muster/migrate
	install -m 755 migrate/*.sh $(DESTDIR)$(PREFIX)/share/muster/migrate/
	for m in $(MAN_SRC); do s=$${m##*.}; install -d $(DESTDIR)$(PREFIX)/share/man/man$$s; \
		install -m 644 $$m $(DESTDIR)$(PREFIX)/share/man/man$$s/; done
	install -d $(DESTDIR)$(PREFIX)/lib/systemd/system
	for u in $(wildcard tools/systemd/*.service); do \
		sed 's,@PREFIX@,$(PREFIX),g; s,@SYSCONFDIR@,$(SYSCONFDIR),g' $$u > $(DESTDIR)$(PREFIX)/lib/systemd/system/$${u##*/}; done

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/sbin/slapd $(addprefix $(DESTDIR)$(PREFIX)/sbin/,$(SLAP_NAMES))
	rm -f $(DESTDIR)$(PREFIX)/bin/muster $(DESTDIR)$(PREFIX)/bin/ldapmigrate
	rm -rf $(DESTDIR)$(PREFIX)/share/muster
	for m in $(notdir $(MAN_SRC)); do rm -f $(DESTDIR)$(PREFIX)/share/man/man$${m##*.}/$$m; done
	for u in $(notdir $(wildcard tools/systemd/*.service)); do \
		rm -f $(DESTDIR)$(PREFIX)/lib/systemd/system/$$u; done

clean:
	rm -rf build build-asan build-tsan build-fuzz compile_commands.json

-include $(shell find $(BUILD) build-fuzz -path $(BUILD)/demo -prune -o -type f -name '*.d' -print 2>/dev/null)
