/*
 * A message of MQTT made fit to be shown to people: any bytes become text in which nothing hides,
 * acts on a terminal, or looks like the beginning of another message.
 */
#ifndef AGENT1_MODEL_HEARD_LINE_H
#define AGENT1_MODEL_HEARD_LINE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* "[home/lamp/state] on", "[home/lamp/state, retained] on"; further lines of the payload are
 * indented. length bytes of the payload are there, of whole_length that came. What is no text is
 * shown as its first bytes in hex. Text of more than max_chars is cut, and its whole size told. The
 * caller owns it. */
char *heard_line(const char *topic, bool is_retained, const char *payload, size_t length,
                 size_t whole_length, size_t max_chars);

#endif
