/*
 * Bytes that changed on the disk: the store notices, or nothing that counts has changed. Every case
 * is drawn from its number, so that a failure can be repeated.
 */
#include "agent1/edge/store.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/agent1/store-fixture.h"

#include "common/base/banned.h"

#define BATCHES    60
#define FILE_CASES 400
#define LOG_CASES  200
/* `make faults`: of each harm so many. */
#define FILE_CASES_FULL (1000 * HARM_COUNT)
#define LOG_CASES_FULL  (200 * HARM_COUNT)

#define FILE_MAX_BYTES ((size_t)64 * 1024 * 1024)

/* ---- a database with something in it ----------------------------------------------------------
 */

static Row *make_run(unsigned batch, unsigned i)
{
    static const char *const states[] = { "queued", "running", "succeeded", "failed" };
    g_autofree char *id = g_strdup_printf("01RUN%06u%02u", batch, i);
    g_autofree char *output = g_strnfill(i == 0 ? 9000 : 20, (char)('a' + batch % 26));
    Row *row = row_new(TABLE_RUNS);

    row_set_text(row, RUNS_ID, id);
    row_set_int(row, RUNS_NUMBER, batch * 100 + i);
    row_set_text(row, RUNS_STATE, states[(batch + i) % G_N_ELEMENTS(states)]);
    row_set_text(row, RUNS_AGENT, i % 2 ? "web1" : "db-eu");
    row_set_text(row, RUNS_TASK, "uptime");
    row_set_text(row, RUNS_OUTPUT, output);
    row_set_int(row, RUNS_CREATED, INT64_C(1700000000000) + batch);
    return row;
}

/* Three runs, the count of batches, and an audit row. */
static Effects *make_batch(unsigned batch)
{
    Effects *effects = effects_new();
    g_autofree char *count = g_strdup_printf("%u", batch);
    Row *meta = row_new(TABLE_META);

    for (unsigned i = 0; i < 3; i++)
        effects_put(effects, make_run(batch, i));
    row_set_text(meta, META_NAME, "batches");
    row_set_text(meta, META_VALUE, count);
    effects_put(effects, meta);
    effects_audit(effects, batch, "run", "a@example.org", "web1", NULL, "batch %u", batch);
    return effects;
}

/* All that the store says: every row that it loads or finds, and the head of the audit, or "bad
 * audit" when the store says so itself. */
static char *describe(Fixture *fixture)
{
    GString *text = g_string_new(NULL);
    Effects *effects = effects_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *head = NULL;
    const Event *event;
    int64_t audited = 0;

    for (unsigned table = 0; table < TABLE_COUNT; table++) {
        g_autoptr(GPtrArray) rows = fixture_load(fixture, (Table)table);

        for (unsigned i = 0; i < rows->len; i++) {
            g_autofree char *row = print_row(g_ptr_array_index(rows, i));

            g_string_append_printf(text, "%s\n", row);
        }
    }

    effects_query(effects, 1, QUERY_RUNS_RECENT, NULL, 0, 100000);
    fixture_store(fixture, effects);
    event = g_ptr_array_index(fixture->answer.events, 0);
    for (unsigned i = 0; i < event->rows.rows->len; i++) {
        g_autofree char *row = print_row(g_ptr_array_index(event->rows.rows, i));

        g_string_append_printf(text, "%s\n", row);
    }

    if (store_verify_audit(fixture->store, &audited, &head, &error))
        g_string_append_printf(text, "audit %d %s\n", (int)audited, head);
    else if (g_error_matches(error, PROBLEM, PROBLEM_VALUE))
        g_string_append(text, "bad audit\n");
    else
        fail_msg("%s", error->message);

    return g_string_free(text, FALSE);
}

/* Whether the store tells what was stored; or says itself that its audit, and only that, does
 * not fit. */
static bool is_honest(const char *found, const char *wanted)
{
    const char *audit = strstr(wanted, "\naudit ") + 1;
    size_t rows = (size_t)(audit - wanted);

    return g_str_equal(found, wanted) ||
           (strncmp(found, wanted, rows) == 0 && g_str_equal(found + rows, "bad audit\n"));
}

/* ---- damaging ---------------------------------------------------------------------------------
 */

typedef struct Bytes {
    char *content;
    size_t length;
} Bytes;

static void bytes_clear(Bytes *bytes)
{
    g_free(bytes->content);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Bytes, bytes_clear)

static Bytes read_bytes(const char *path)
{
    Bytes bytes = { 0 };
    g_autoptr(GError) error = NULL;

    bytes.content = file_read(path, FILE_MAX_BYTES, &bytes.length, &error);
    if (!bytes.content)
        fail_msg("%s", error->message);
    return bytes;
}

static void write_bytes(const char *path, const char *content, size_t length)
{
    g_autoptr(GError) error = NULL;

    if (!file_write_atomic(path, content, length, 0600, &error))
        fail_msg("%s", error->message);
}

typedef enum {
    HARM_FLIP,     /* single bits, anywhere */
    HARM_HEADER,   /* a single byte near the start */
    HARM_BYTES,    /* a few bytes, anywhere */
    HARM_BLOCK,    /* a sector of zeros or noise */
    HARM_TRUNCATE, /* the end is missing */
    HARM_COUNT,
} Harm;

static const char *const harm_names[] = { "bit", "header", "bytes", "block", "truncated" };

/* Changes a copy of the bytes; returns the new length. */
static size_t damage(char *content, size_t length, Harm harm, GRand *random)
{
    unsigned count = (unsigned)g_rand_int_range(random, 1, 9);
    size_t at = (size_t)g_rand_int_range(random, 0, (int)length);

    switch (harm) {
    case HARM_FLIP:
        content[at] = (char)(content[at] ^ (1 << g_rand_int_range(random, 0, 8)));
        break;
    case HARM_HEADER:
        content[at % 100] = (char)g_rand_int_range(random, 0, 256);
        break;
    case HARM_BYTES:
        for (unsigned i = 0; i < count; i++)
            content[g_rand_int_range(random, 0, (int)length)] =
                (char)g_rand_int_range(random, 0, 256);
        break;
    case HARM_BLOCK:
        at -= at % 512;
        for (size_t i = at; i < MIN(at + 512, length); i++)
            content[i] = (char)(count % 2 ? 0 : g_rand_int_range(random, 0, 256));
        break;
    case HARM_TRUNCATE:
        return at;
    case HARM_COUNT:
        g_assert_not_reached();
    }

    return length;
}

/* How many cases: the few of each `make test`, or the share FAULTS of the full number. */
static unsigned count_cases(unsigned few, unsigned full)
{
    const char *share = g_getenv("FAULTS");

    return MAX(few, (unsigned)(share ? g_ascii_strtod(share, NULL) * full : 0));
}

/* Nothing of an earlier case stays. */
static void empty_folder(const Fixture *fixture)
{
    assert_true(file_remove_tree(fixture->folder, NULL));
    assert_true(file_make_folder(fixture->folder, 0700, NULL));
}

typedef struct Tally {
    unsigned unharmed[HARM_COUNT];
    unsigned set_aside[HARM_COUNT];
    unsigned refused[HARM_COUNT];
} Tally;

static void print_tally(const Tally *tally)
{
    for (unsigned i = 0; i < HARM_COUNT; i++)
        print_message("%-10s set aside %3u, refused %3u, unharmed %3u\n", harm_names[i],
                      tally->set_aside[i], tally->refused[i], tally->unharmed[i]);
}

/* ---- the database -----------------------------------------------------------------------------
 */

static void test_damaged_file(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autofree char *wanted = NULL;
    g_auto(Bytes) whole = { 0 };
    unsigned cases = count_cases(FILE_CASES, FILE_CASES_FULL);
    Tally tally = { 0 };

    (void)state;

    fixture_open(fixture);
    for (unsigned i = 1; i <= BATCHES; i++)
        fixture_store(fixture, make_batch(i));
    wanted = describe(fixture);
    fixture_close(fixture);
    whole = read_bytes(fixture->path);

    for (unsigned i = 0; i < cases; i++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(i);
        g_autofree char *copy = g_memdup2(whole.content, whole.length);
        g_autoptr(GError) error = NULL;
        Harm harm = (Harm)(i % HARM_COUNT);
        size_t length = damage(copy, whole.length, harm, random);

        empty_folder(fixture);
        write_bytes(fixture->path, copy, length);
        if (!fixture_try_open(fixture, &error)) {
            tally.refused[harm]++;
            print_message("case %u: %s\n", i, error->message);
        } else if (fixture->set_aside) {
            g_auto(Bytes) kept = read_bytes(fixture->set_aside);

            assert_int_equal(kept.length, length);
            assert_memory_equal(kept.content, copy, length);
            tally.set_aside[harm]++;
        } else {
            g_autofree char *found = describe(fixture);

            if (!is_honest(found, wanted))
                fail_msg("case %u: silently different", i);
            tally.unharmed[harm]++;
        }
        fixture_close(fixture);
    }
    print_tally(&tally);
    /* What is cut or garbled in blocks cannot pass unnoticed. */
    assert_int_equal(tally.unharmed[HARM_TRUNCATE], 0);
    assert_true(tally.set_aside[HARM_BYTES] > cases / HARM_COUNT / 2);
}

/* An id stands in its table and in an index, which must say the same. */
static void test_changed_id(void **state)
{
    static const char id[] = "01RUN00003001";
    g_autoptr(Fixture) fixture = fixture_new();
    g_auto(Bytes) whole = { 0 };
    unsigned places = 0;

    (void)state;

    fixture_open(fixture);
    for (unsigned i = 1; i <= BATCHES; i++)
        fixture_store(fixture, make_batch(i));
    fixture_close(fixture);
    whole = read_bytes(fixture->path);

    for (size_t at = 0; at + strlen(id) <= whole.length; at++) {
        if (memcmp(whole.content + at, id, strlen(id)) != 0)
            continue;
        places++;
        whole.content[at + strlen(id) - 1] = 'x';
        empty_folder(fixture);
        write_bytes(fixture->path, whole.content, whole.length);
        whole.content[at + strlen(id) - 1] = id[strlen(id) - 1];
        fixture_open(fixture);
        assert_non_null(fixture->set_aside);
        fixture_close(fixture);
    }
    assert_true(places >= 2);
}

/* ---- the log ----------------------------------------------------------------------------------
 */

/* A process that ended without closing: what it leaves is a database and a log. */
static void leave_log(Fixture *fixture)
{
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0) {
        fixture_open(fixture);
        for (unsigned i = 1; i <= BATCHES; i++)
            fixture_store(fixture, make_batch(i));
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* The rows of the first batches, as the store should describe them. */
static GPtrArray *describe_prefixes(void)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(Fixture) fixture = fixture_new();

    fixture_open(fixture);
    g_ptr_array_add(texts, describe(fixture));
    for (unsigned i = 1; i <= BATCHES; i++) {
        fixture_store(fixture, make_batch(i));
        g_ptr_array_add(texts, describe(fixture));
    }
    return texts;
}

/* How many of the batches are there; more than there are when it is none of the prefixes. */
static unsigned count_batches(const GPtrArray *prefixes, const char *found)
{
    unsigned count = 0;

    while (count < prefixes->len && !g_str_equal(found, g_ptr_array_index(prefixes, count)))
        count++;
    return count;
}

/* Batches may be missing only where nobody can tell them from such that were never written: when
 * the end of the log is gone, or its last transactions do not fit. Never is one there in part. */
static void check_prefix(unsigned i, Harm harm, unsigned count)
{
    if (count > BATCHES)
        fail_msg("case %u (%s): part of a batch", i, harm_names[harm]);
    if (harm != HARM_TRUNCATE && count < BATCHES - 2)
        fail_msg("case %u (%s): silently only %u batches", i, harm_names[harm], count);
}

static void test_damaged_log(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autoptr(GPtrArray) prefixes = NULL;
    g_autofree char *log_path = g_strconcat(fixture->path, "-wal", NULL);
    g_auto(Bytes) file = { 0 };
    g_auto(Bytes) log = { 0 };
    unsigned cases = count_cases(LOG_CASES, LOG_CASES_FULL);
    Tally tally = { 0 };

    (void)state;

    leave_log(fixture);
    file = read_bytes(fixture->path);
    log = read_bytes(log_path);
    prefixes = describe_prefixes();

    for (unsigned i = 0; i < cases; i++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(i);
        g_autofree char *copy = g_memdup2(log.content, log.length);
        g_autoptr(GError) error = NULL;
        Harm harm = (Harm)(i % HARM_COUNT);
        size_t length = damage(copy, log.length, harm, random);

        empty_folder(fixture);
        write_bytes(fixture->path, file.content, file.length);
        write_bytes(log_path, copy, length);
        if (!fixture_try_open(fixture, &error)) {
            fail_msg("case %u (%s): %s", i, harm_names[harm], error->message);
        } else if (fixture->set_aside) {
            tally.set_aside[harm]++;
        } else {
            g_autofree char *found = describe(fixture);

            check_prefix(i, harm, count_batches(prefixes, found));
            tally.unharmed[harm]++;
        }
        fixture_close(fixture);
    }
    print_tally(&tally);
}

/* Moves all of the log into the database, and reads both while the log still has it. */
static void move_log(const Fixture *fixture, const char *log_path, Bytes *file, Bytes *log)
{
    sqlite3 *database;

    assert_int_equal(sqlite3_open(fixture->path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, "PRAGMA wal_checkpoint(FULL)", NULL, NULL, NULL),
                     SQLITE_OK);
    *file = read_bytes(fixture->path);
    *log = read_bytes(log_path);
    sqlite3_close(database);
}

typedef struct Header {
    const char *what;
    bool is_moved; /* all of the log is in the database */
    size_t to;     /* of the bytes from 12 on each one is another */
    bool is_damage;
} Header;

/* The header of a log is written when it begins anew, after all of it is in the database. Where
 * that write broke off nothing is lost; where something is missing there, it is damage, also when
 * the frames cannot be told any more from those of an earlier round. */
static const Header headers[] = {
    { "written in part", true, 20, false },
    { "changed", false, 20, true },
    { "changed, and the first frame with it", false, 32 + 24, true },
    { "changed, and the first page", false, 32 + 24 + 200, true },
};

static void test_header(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autoptr(GPtrArray) prefixes = NULL;
    g_autofree char *log_path = g_strconcat(fixture->path, "-wal", NULL);
    g_auto(Bytes) before = { 0 };
    g_auto(Bytes) file = { 0 };
    g_auto(Bytes) log = { 0 };

    (void)state;

    leave_log(fixture);
    before = read_bytes(fixture->path);
    move_log(fixture, log_path, &file, &log);
    prefixes = describe_prefixes();

    for (unsigned i = 0; i < G_N_ELEMENTS(headers); i++) {
        const Bytes *of = headers[i].is_moved ? &file : &before;
        g_autofree char *copy = g_memdup2(log.content, log.length);

        print_message("%s\n", headers[i].what);
        for (size_t at = 12; at < headers[i].to; at++)
            copy[at] ^= 0x5a;
        empty_folder(fixture);
        write_bytes(fixture->path, of->content, of->length);
        write_bytes(log_path, copy, log.length);
        fixture_open(fixture);
        assert_int_equal(fixture->set_aside != NULL, headers[i].is_damage);
        if (!headers[i].is_damage) {
            g_autofree char *found = describe(fixture);

            assert_int_equal(count_batches(prefixes, found), BATCHES);
        }
        fixture_close(fixture);
    }
}

#define FRAME_BYTES ((size_t)4120)
#define OLD_FRAMES  3

typedef enum {
    TORN_CUT,  /* the end of the log was not written */
    TORN_HOLE, /* a sector near the end was not written, those after it were */
    TORN_COUNT,
} Torn;

/* A log as a power cut leaves it is no damage: all but its last transaction is there. A batch takes
 * more than four frames, and frames of an earlier, longer round of the log come after it. */
static void test_torn_log(void **state)
{
    g_autoptr(Fixture) fixture = fixture_new();
    g_autoptr(GPtrArray) prefixes = NULL;
    g_autofree char *log_path = g_strconcat(fixture->path, "-wal", NULL);
    g_auto(Bytes) file = { 0 };
    g_auto(Bytes) log = { 0 };

    (void)state;

    leave_log(fixture);
    file = read_bytes(fixture->path);
    log = read_bytes(log_path);
    prefixes = describe_prefixes();

    for (unsigned i = 0; i < 40; i++) {
        g_autofree char *copy = g_malloc(log.length + OLD_FRAMES * FRAME_BYTES);
        g_autofree char *found = NULL;
        size_t from_end = 512 + i * 4 * FRAME_BYTES / 40;
        size_t length = log.length - from_end;

        memcpy(copy, log.content, log.length);
        if (i % TORN_COUNT == TORN_HOLE) {
            /* No sector is as it was, not even one of zeros. */
            memset(copy + length, 0x5a, 512);
            memset(copy + log.length, 0x17, OLD_FRAMES * FRAME_BYTES);
            length = log.length + OLD_FRAMES * FRAME_BYTES;
        }
        empty_folder(fixture);
        write_bytes(fixture->path, file.content, file.length);
        write_bytes(log_path, copy, length);
        fixture_open(fixture);
        assert_null(fixture->set_aside);
        found = describe(fixture);
        assert_int_equal(count_batches(prefixes, found), BATCHES - 1);
        fixture_close(fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* These fork, so before anything starts a thread. */
        cmocka_unit_test(test_damaged_log), cmocka_unit_test(test_torn_log),
        cmocka_unit_test(test_header),      cmocka_unit_test(test_damaged_file),
        cmocka_unit_test(test_changed_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
