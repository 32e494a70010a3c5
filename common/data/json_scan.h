/*
 * The strict half of json_parse(): reads a text by the grammar of RFC 8259 without building
 * anything, and says where and how it breaks it. What passes here, cJSON reads in one way only.
 * Not for others than json.c. Pure.
 */
#ifndef COMMON_DATA_JSON_SCAN_H
#define COMMON_DATA_JSON_SCAN_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* PROBLEM_SYNTAX; PROBLEM_LIMIT for depth, and for numbers that no double holds. */
bool json_scan(const char *text, size_t length, GError **error);

#endif
