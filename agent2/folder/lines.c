#include "agent2/folder/lines.h"

#include <stdio.h>
#include <string.h>

#include "common/base/banned.h"

#define NUMBER_SIZE 24 /* the longest int64_t, its sign and a NUL */

/* ---- writing ----------------------------------------------------------------------------------
 */

static void put_byte(LineWriter *writer, char byte)
{
    if (writer->length == writer->size)
        writer->is_full = true;
    else
        writer->buffer[writer->length++] = byte;
}

static void put_plain(LineWriter *writer, const char *text)
{
    for (; *text; text++)
        put_byte(writer, *text);
}

void lines_begin(LineWriter *writer, char *buffer, size_t size)
{
    *writer = (LineWriter){ .buffer = buffer, .size = size };
    lines_put_number(writer, "format", LINES_FORMAT);
}

void lines_put(LineWriter *writer, const char *key, const char *value)
{
    put_plain(writer, key);
    put_plain(writer, ": ");
    for (; *value; value++) {
        if (*value == '\n')
            put_plain(writer, "\\n");
        else if (*value == '\\')
            put_plain(writer, "\\\\");
        else
            put_byte(writer, *value);
    }
    put_byte(writer, '\n');
}

void lines_put_number(LineWriter *writer, const char *key, int64_t value)
{
    char digits[NUMBER_SIZE];

    snprintf(digits, sizeof(digits), "%lld", (long long)value);
    lines_put(writer, key, digits);
}

/* ---- reading ----------------------------------------------------------------------------------
 */

/* Undoes the escapes of a value in place. False when it holds a NUL or an unknown escape. */
static bool unescape(char *value, const char *end)
{
    char *out = value;

    for (const char *in = value; in < end; in++) {
        char byte = *in;

        if (byte == '\\') {
            in++;
            if (in == end || (*in != 'n' && *in != '\\'))
                return false;
            byte = *in == 'n' ? '\n' : '\\';
        }
        if (byte == '\0')
            return false;
        *out++ = byte;
    }

    *out = '\0';
    return true;
}

/* A whole number as snprintf() prints it: no plus, no leading zero, no "-0". */
static bool parse_number(const char *text, int64_t *out)
{
    bool is_negative = *text == '-';
    const char *digits = text + (is_negative ? 1 : 0);
    int64_t value = 0;

    if (*digits == '\0' || (*digits == '0' && (is_negative || digits[1] != '\0')))
        return false;
    for (; *digits; digits++) {
        int64_t digit = *digits - '0';

        if (digit < 0 || digit > 9)
            return false;
        /* Downwards, because there is one negative number more. */
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    if (!is_negative && __builtin_sub_overflow(0, value, &value))
        return false;

    *out = value;
    return true;
}

void lines_open(LineReader *reader, char *text, size_t length)
{
    *reader = (LineReader){ .next = text, .end = text + length };
    *reader->end = '\0';

    if (lines_take_number(reader, "format", 1, INT64_MAX) > LINES_FORMAT) {
        reader->verdict = LINES_NEWER;
        reader->problem = "written by a newer version";
    }
}

bool lines_next_is(const LineReader *reader, const char *key)
{
    size_t length = strlen(key);
    size_t left = (size_t)(reader->end - reader->next);

    return reader->verdict == LINES_OK && left >= length + 2 &&
           memcmp(reader->next, key, length) == 0 && memcmp(reader->next + length, ": ", 2) == 0;
}

char *lines_take(LineReader *reader, const char *key)
{
    char *value;
    char *end;

    if (!lines_next_is(reader, key)) {
        lines_refuse(reader, key);
        return reader->end;
    }

    value = reader->next + strlen(key) + 2;
    end = memchr(value, '\n', (size_t)(reader->end - value));
    if (!end || !unescape(value, end)) {
        lines_refuse(reader, key);
        return reader->end;
    }

    reader->next = end + 1;
    return value;
}

int64_t lines_take_number(LineReader *reader, const char *key, int64_t min, int64_t max)
{
    const char *text = lines_take(reader, key);
    int64_t value;

    if (!parse_number(text, &value) || value < min || value > max) {
        lines_refuse(reader, key);
        return min;
    }

    return value;
}

void lines_refuse(LineReader *reader, const char *problem)
{
    if (reader->verdict != LINES_OK)
        return;

    reader->verdict = LINES_BROKEN;
    reader->problem = problem;
}

LinesVerdict lines_close(LineReader *reader)
{
    if (reader->next != reader->end)
        lines_refuse(reader, "the end");

    return reader->verdict;
}

/* ---- rows of numbers --------------------------------------------------------------------------
 */

static int64_t number_get(const LineNumber *row, const void *record)
{
    int64_t value;

    memcpy(&value, (const char *)record + row->offset, sizeof(value));
    return value;
}

static void number_set(const LineNumber *row, void *record, int64_t value)
{
    memcpy((char *)record + row->offset, &value, sizeof(value));
}

void lines_put_numbers(LineWriter *writer, const LineNumber *rows, size_t count, const void *record)
{
    for (size_t i = 0; i < count; i++)
        lines_put_number(writer, rows[i].key, number_get(&rows[i], record));
}

void lines_take_numbers(LineReader *reader, const LineNumber *rows, size_t count, void *record)
{
    for (size_t i = 0; i < count; i++)
        number_set(&rows[i], record,
                   lines_take_number(reader, rows[i].key, rows[i].min, rows[i].max));
}

bool lines_numbers_are_valid(const LineNumber *rows, size_t count, const void *record)
{
    for (size_t i = 0; i < count; i++) {
        int64_t value = number_get(&rows[i], record);

        if (value < rows[i].min || value > rows[i].max)
            return false;
    }

    return true;
}
