/*
 * Durations and sizes as people write them in configuration, and as answers show them. Pure.
 */
#ifndef COMMON_BASE_QUANTITY_H
#define COMMON_BASE_QUANTITY_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* "500ms", "8s", "10m", "10min", "2h", "7d", and sums such as "1h30m"; a bare number is refused
 * (its unit would be a guess). Milliseconds. */
bool duration_parse(const char *text, int64_t *out_ms, GError **error);

/* As short as duration_parse() reads it back exactly: "500ms", "90s", "2h"; ms is not negative. The
 * caller owns it. */
char *duration_print(int64_t ms);

/* "0.4 s", "12 s", "3 min 5 s", "2 h 10 min", "3 d 4 h"; negative values as 0. The caller owns it.
 */
char *duration_format(int64_t ms);

/* "512", "64KiB", "16MiB", "2GiB" (powers of 1024) and "kB", "MB", "GB" (of 1000). Bytes. */
bool size_parse(const char *text, int64_t *out_bytes, GError **error);

/* As short as size_parse() reads it back exactly: "512", "64KiB"; bytes is not negative. The caller
 * owns it. */
char *size_print(int64_t bytes);

/* "512 B", "63.9 KiB", "16 MiB". The caller owns it. */
char *size_format(int64_t bytes);

#endif
