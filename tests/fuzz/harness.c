#include "tests/fuzz/harness.h"

#include "common/base/text.h"

#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/banned.h"

/* A log line is neither a finding nor worth its time. A warning of GLib's and whatever is fatal is
 * one; GLib itself would end the program by a signal for which libFuzzer keeps no input. */
static GLogWriterOutput judge_log(GLogLevelFlags level, const GLogField *fields, gsize count,
                                  gpointer data)
{
    bool is_finding = level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);

    (void)data;
    for (gsize i = 0; i < count; i++) {
        if (g_str_equal(fields[i].key, "GLIB_DOMAIN") && level & G_LOG_LEVEL_WARNING)
            is_finding |= g_str_has_prefix(fields[i].value, "GLib");
    }
    for (gsize i = 0; is_finding && i < count; i++) {
        if (g_str_equal(fields[i].key, "MESSAGE"))
            fprintf(stderr, "ERROR: %s\n", (const char *)fields[i].value);
    }
    if (is_finding)
        abort();

    return G_LOG_WRITER_HANDLED;
}

/* libFuzzer's own limit is of the wall clock, which says little on a busy machine. */
#define EXECUTION_MAX_MS 5000

static bool is_traced;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    setlocale(LC_ALL, "C");
    is_traced = g_getenv("FUZZ_TRACE") != NULL;
    g_log_set_writer_func(judge_log, NULL, NULL);

    return 0;
}

static int64_t cpu_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int64_t begin_ms = cpu_ms();
    int64_t took_ms;

    fuzz_one(data, size);
    took_ms = cpu_ms() - begin_ms;
    if (took_ms > EXECUTION_MAX_MS)
        g_error("one execution took %" G_GINT64_FORMAT " ms of the processor", took_ms);

    return 0;
}

FuzzInput fuzz_input(const uint8_t *data, size_t size)
{
    return (FuzzInput){ .at = data, .left = size };
}

bool fuzz_has_more(const FuzzInput *input)
{
    return input->left > 0;
}

uint8_t fuzz_byte(FuzzInput *input)
{
    if (input->left == 0)
        return 0;

    input->left--;
    return *input->at++;
}

unsigned fuzz_below(FuzzInput *input, unsigned bound)
{
    return fuzz_byte(input) % bound;
}

GTimeZone *fuzz_zone(FuzzInput *input)
{
    static const char *const names[] = { "UTC",          "Europe/Paris",    "America/New_York",
                                         "Asia/Kolkata", "Europe/Dublin",   "Australia/Lord_Howe",
                                         "Pacific/Apia", "America/Asuncion" };
    static GTimeZone *zones[G_N_ELEMENTS(names)];
    unsigned choice = fuzz_below(input, G_N_ELEMENTS(names));

    if (!zones[choice])
        zones[choice] = g_time_zone_new_identifier(names[choice]);
    if (!zones[choice]) /* a system without the zones */
        zones[choice] = g_time_zone_new_utc();
    return zones[choice];
}

bool fuzz_one_in(FuzzInput *input, unsigned n)
{
    return fuzz_below(input, n) == n - 1;
}

int64_t fuzz_number(FuzzInput *input)
{
    static const int64_t edges[] = {
        0,
        1,
        -1,
        2,
        100,
        255,
        256,
        1000,
        65535,
        65536,
        999999,
        1000000,
        INT32_MAX,
        INT64_C(4294967295),
        INT64_C(1790000000000),
        INT64_C(253402300799999),
        INT64_C(253402300800000),
        INT64_C(9007199254740991),
        INT64_C(9007199254740992),
        -INT64_C(9007199254740991),
        INT64_MAX,
        INT64_MIN,
    };
    uint8_t kind = fuzz_byte(input);
    uint64_t number = 0;

    if (kind < 128)
        return kind;
    if (kind < 192)
        return edges[kind % G_N_ELEMENTS(edges)];
    for (unsigned i = 0; i < kind % 8 + 1u; i++)
        number = number << 8 | fuzz_byte(input);

    return (int64_t)number;
}

char *fuzz_text(FuzzInput *input)
{
    const uint8_t *end = input->left ? memchr(input->at, 0, input->left) : NULL;
    size_t length = end ? (size_t)(end - input->at) : input->left;
    char *text = g_malloc(length + 1);

    if (length)
        memcpy(text, input->at, length);
    text[length] = '\0';
    input->at += length + (end != NULL);
    input->left -= length + (end != NULL);

    return text;
}

char *fuzz_utf8(FuzzInput *input)
{
    g_autofree char *text = fuzz_text(input);

    return g_utf8_make_valid(text, -1);
}

char *fuzz_pick(FuzzInput *input, const char *const *texts, unsigned count, bool is_free)
{
    unsigned choice = fuzz_below(input, count + (is_free ? 1 : 0));

    return choice < count ? g_strdup(texts[choice]) : fuzz_utf8(input);
}

void fuzz_trace(const char *format, ...)
{
    va_list arguments;

    if (!is_traced)
        return;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void fuzz_check_error(bool is_ok, const GError *error)
{
    g_assert(is_ok == (error == NULL));
    if (error && !text_is_harmless(error->message)) {
        g_autofree char *shown = g_strescape(error->message, NULL);

        g_error("an error that is not fit to be shown: %s", shown);
    }
}

void fuzz_check_same(const void *one, size_t one_length, const void *other, size_t other_length)
{
    g_assert_cmpuint(one_length, ==, other_length);
    g_assert(one_length == 0 || memcmp(one, other, one_length) == 0);
}
