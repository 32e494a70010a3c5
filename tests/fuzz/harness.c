#include "tests/fuzz/harness.h"

#include "common/base/text.h"

#include <locale.h>
#include <string.h>

#include "common/base/banned.h"

/* A log line is neither a finding nor worth its time; warnings of GLib itself are findings. */
static GLogWriterOutput keep_quiet(GLogLevelFlags level, const GLogField *fields, gsize count,
                                   gpointer data)
{
    (void)data;
    for (gsize i = 0; i < count; i++) {
        if (!g_str_equal(fields[i].key, "GLIB_DOMAIN"))
            continue;
        if (g_str_has_prefix(fields[i].value, "GLib"))
            return g_log_writer_standard_streams(level, fields, count, NULL);
    }
    return G_LOG_WRITER_HANDLED;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    setlocale(LC_ALL, "C");
    g_log_set_writer_func(keep_quiet, NULL, NULL);
    g_log_set_always_fatal(G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING | G_LOG_LEVEL_ERROR);

    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_one(data, size);

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

void fuzz_check_error(bool is_ok, const GError *error)
{
    g_assert(is_ok == (error == NULL));
    if (error)
        g_assert(text_is_harmless(error->message));
}
