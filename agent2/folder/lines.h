/*
 * The text form of the files in a run folder: one `key: value` a line, in a fixed order, the first
 * line `format: 1`. In a value `\\` stands for a backslash and `\n` for a newline; every other byte
 * but NUL stands for itself, valid UTF-8 or not. One content has exactly one form: what a reader
 * accepts, a writer prints again byte for byte.
 *
 * Works in the caller's buffers and allocates nothing. Pure, without GLib.
 */
#ifndef AGENT2_FOLDER_LINES_H
#define AGENT2_FOLDER_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LINES_FORMAT 1

/* What reading a file of a run folder came to. */
typedef enum {
    LINES_OK,
    LINES_BROKEN, /* not of this format: torn, damaged, or written by a stranger */
    LINES_NEWER,  /* of a later format: a newer agent's, to be left alone */
} LinesVerdict;

typedef struct LineWriter {
    char *buffer;
    size_t size;
    size_t length;
    bool is_full; /* something did not fit; what is in the buffer is of no use */
} LineWriter;

/* Starts with the format line. */
void lines_begin(LineWriter *writer, char *buffer, size_t size);
void lines_put(LineWriter *writer, const char *key, const char *value);
void lines_put_number(LineWriter *writer, const char *key, int64_t value);

typedef struct LineReader {
    char *next;
    char *end;
    LinesVerdict verdict; /* once it is not LINES_OK, every further take fails */
    const char *problem;  /* the key where it went wrong, or more; NULL while all is well */
} LineReader;

/* Starts reading a text of length bytes, which it changes in place, and which has one byte more for
 * a NUL; reads the format line. */
void lines_open(LineReader *reader, char *text, size_t length);

/* True when the next line has this key. */
bool lines_next_is(const LineReader *reader, const char *key);

/* Takes the value of the next line, which must have this key; the value is part of the text. On
 * failure "" or min, and the reader remembers. */
char *lines_take(LineReader *reader, const char *key);

/* The same for a whole number in min..max, in its canonical form. */
int64_t lines_take_number(LineReader *reader, const char *key, int64_t min, int64_t max);

/* Refuses the text for a reason beyond its form. */
void lines_refuse(LineReader *reader, const char *problem);

/* The end: nothing may be left. */
LinesVerdict lines_close(LineReader *reader);

/* The int64_t members of a record as rows: their lines follow one another in this order. */
typedef struct LineNumber {
    const char *key;
    size_t offset; /* offsetof() of the member */
    int64_t min;
    int64_t max;
} LineNumber;

void lines_put_numbers(LineWriter *writer, const LineNumber *rows, size_t count,
                       const void *record);
void lines_take_numbers(LineReader *reader, const LineNumber *rows, size_t count, void *record);
bool lines_numbers_are_valid(const LineNumber *rows, size_t count, const void *record);

#endif
