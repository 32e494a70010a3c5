/*
 * Unpadded URL-safe base64 (RFC 4648, section 5), canonical only: every text that decodes is the
 * one text that its bytes encode to. Pure.
 */
#ifndef COMMON_WIRE_BASE64_H
#define COMMON_WIRE_BASE64_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The characters that so many bytes take. */
size_t base64_length(size_t bytes);

void base64_append(GString *out, const uint8_t *bytes, size_t length);

/* Decodes all of the text into out; false unless it is canonical and of exactly that many bytes. */
bool base64_decode(const char *text, size_t length, uint8_t *out, size_t bytes);

#endif
