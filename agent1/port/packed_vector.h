/*
 * A vector of an embedding model, small: each number is a signed byte, in parts of the largest one.
 * The angle between two of them is that of what was packed, but for some ten-thousandths of its
 * cosine on average, and less than 0.005, of some hundred numbers that are spread as in a bell; how
 * long a vector was is not kept. Scalar quantization:
 * https://en.wikipedia.org/wiki/Quantization_(signal_processing)
 *
 * It is kept in files, and never leaves this machine: version, three noughts, the length of what
 * follows as a float in the order of bytes of this machine, a byte for each number. Pure.
 */
#ifndef AGENT1_PORT_PACKED_VECTOR_H
#define AGENT1_PORT_PACKED_VECTOR_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* Numbers of one vector. */
#define VECTOR_NUMBERS_MAX 4096

/* 1 … VECTOR_NUMBERS_MAX of them, which need not be aligned. NULL: one is no finite number, or all
 * are noughts. */
GBytes *packed_vector_new(const void *floats, size_t count);

/* The cosine of the angle between two. False: one is no packed vector, or they have not as many
 * numbers. */
bool packed_vector_cosine(const void *one, size_t one_bytes, const void *other, size_t other_bytes,
                          double *out);

#endif
