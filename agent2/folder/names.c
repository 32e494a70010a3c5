#include "agent2/folder/names.h"

#include <stdio.h>
#include <string.h>

#include "common/base/banned.h"

#define TAIL_PREFIX "tail."

bool run_id_is_valid(const char *text)
{
    /* Crockford's base 32; 26 of its digits hold 130 bits, so the first one ends at 7. */
    return strspn(text, "0123456789ABCDEFGHJKMNPQRSTVWXYZ") == RUN_ID_CHARS &&
           text[RUN_ID_CHARS] == '\0' && text[0] <= '7';
}

/* A number from 0 to max without sign, space or leading zeros. */
static bool parse_digits(const char *text, int64_t max, int64_t *out)
{
    int64_t value = 0;

    if (*text == '\0' || (*text == '0' && text[1] != '\0'))
        return false;
    for (; *text; text++) {
        int64_t digit = *text - '0';

        if (digit < 0 || digit > 9 || value > (max - digit) / 10)
            return false;
        value = value * 10 + digit;
    }

    *out = value;
    return true;
}

void run_name_print(char out[RUN_NAME_SIZE], const char *run, int64_t attempt)
{
    snprintf(out, RUN_NAME_SIZE, "%s.%lld", run, (long long)attempt);
}

bool run_name_parse(const char *name, char out_run[RUN_ID_CHARS + 1], int64_t *out_attempt)
{
    char run[RUN_ID_CHARS + 1];
    int64_t attempt;

    if (strnlen(name, RUN_NAME_SIZE) <= RUN_ID_CHARS || name[RUN_ID_CHARS] != '.')
        return false;
    memcpy(run, name, RUN_ID_CHARS);
    run[RUN_ID_CHARS] = '\0';
    if (!run_id_is_valid(run) ||
        !parse_digits(name + RUN_ID_CHARS + 1, RUN_ATTEMPT_MAX, &attempt) || attempt == 0)
        return false;

    memcpy(out_run, run, sizeof(run));
    *out_attempt = attempt;
    return true;
}

void tail_name_print(char out[RUN_TAIL_SIZE], int64_t offset)
{
    snprintf(out, RUN_TAIL_SIZE, TAIL_PREFIX "%lld", (long long)offset);
}

bool tail_name_parse(const char *name, int64_t *out_offset)
{
    size_t prefix = strlen(TAIL_PREFIX);

    return strncmp(name, TAIL_PREFIX, prefix) == 0 &&
           parse_digits(name + prefix, INT64_MAX, out_offset);
}

bool boot_id_is_valid(const char *text)
{
    return strspn(text, "0123456789abcdef-") == RUN_BOOT_ID_CHARS &&
           text[RUN_BOOT_ID_CHARS] == '\0';
}
