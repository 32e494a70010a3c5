/*
 * What a language model thinks aloud before it answers, between <think> and </think> (or
 * <thinking>), is no part of its answer: nobody is shown it, and nothing is read in it. Takes an
 * answer as it comes, in pieces of any size, and leaves its thoughts out.
 *
 * The first end closes what is open, for whoever thinks of tags may name them; what nobody closes
 * goes on to the end. An end without a beginning, which some models leave out, shows that all
 * before was thought where it stands alone in its line; elsewhere it is text. Tags in code are
 * text, too: between fences (common/wire/fence.h), and between backticks in one line. Pure.
 */
#ifndef COMMON_WIRE_THOUGHTS_H
#define COMMON_WIRE_THOUGHTS_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct Thoughts Thoughts;

/* keeps_lines: each line of the thoughts leaves an empty one, so that lines can be counted. */
Thoughts *thoughts_new(bool keeps_lines);
void thoughts_free(Thoughts *thoughts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Thoughts, thoughts_free)

/* Appends to answer, which begins empty and is appended to by nobody else, what of the next bytes
 * is said. True: what stood in it before was thought, too, and is taken out. */
bool thoughts_take(Thoughts *thoughts, const char *bytes, size_t length, GString *answer);

/* Nothing more comes. The result as above. */
bool thoughts_finish(Thoughts *thoughts, GString *answer);

/* How much was left out, tags included. */
size_t thoughts_bytes(const Thoughts *thoughts);

#endif
