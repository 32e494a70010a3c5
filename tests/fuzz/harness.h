/*
 * What the fuzz targets share. Each target proves of one part of the product that no input makes it
 * crash, read or write outside its memory, leak, hang or allocate without bound, and that what it
 * accepts prints back to the same; a broken promise ends the program, and libFuzzer keeps the
 * input. A target is one file, fuzz-<name>.c, with fuzz_one(); the rest is in harness.c.
 *
 * A FuzzInput is the input as a source of decisions: a target takes bytes, numbers and texts from
 * its front, and zeros once it is used up, so that every input means something. It takes them in
 * statements of their own, not as two arguments of a call: compilers differ in which comes first,
 * and an input must mean the same to clang, which searches, and to the compiler of the tests.
 */
#ifndef TESTS_FUZZ_HARNESS_H
#define TESTS_FUZZ_HARNESS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The target: one execution on one input. */
void fuzz_one(const uint8_t *data, size_t size);

/* What libFuzzer calls. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

typedef struct FuzzInput {
    const uint8_t *at;
    size_t left;
} FuzzInput;

FuzzInput fuzz_input(const uint8_t *data, size_t size);

bool fuzz_has_more(const FuzzInput *input);
uint8_t fuzz_byte(FuzzInput *input);

/* Evenly enough in [0, bound), from one byte; bound is 1 … 256. */
unsigned fuzz_below(FuzzInput *input, unsigned bound);

/* A zone with changes of its clock, or UTC; kept for the next time. */
GTimeZone *fuzz_zone(FuzzInput *input);

/* One in n. */
bool fuzz_one_in(FuzzInput *input, unsigned n);

/* Whole numbers near those at which bounds lie, or any. */
int64_t fuzz_number(FuzzInput *input);

/* The bytes up to the next zero byte or the end; not always UTF-8. The caller owns it. */
char *fuzz_text(FuzzInput *input);

/* The same as valid UTF-8. The caller owns it. */
char *fuzz_utf8(FuzzInput *input);

/* One of the texts, or now and then (where is_free) a text of the input. The caller owns it. */
char *fuzz_pick(FuzzInput *input, const char *const *texts, unsigned count, bool is_free);

/* Prints a line where FUZZ_TRACE is set: what a life of events did, for who repeats a finding. */
void fuzz_trace(const char *format, ...) G_GNUC_PRINTF(1, 2);

/* Aborts unless the error is there exactly when the call failed, and fit to be shown. */
void fuzz_check_error(bool is_ok, const GError *error);

/* Aborts unless both are the same bytes; either may be NULL when there are none. */
void fuzz_check_same(const void *one, size_t one_length, const void *other, size_t other_length);

#endif
