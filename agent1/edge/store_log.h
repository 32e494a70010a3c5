/*
 * SQLite's write-ahead log, looked at before SQLite reads it.
 *
 * SQLite takes the first frame that does not fit its checksum for the end of the log: right after a
 * power cut, when the transaction at the end was written in part, but a single bit that changed in
 * the middle silently undoes everything committed after it. This tells the two apart: a frame that
 * does not fit, and after it a whole transaction that another one follows. Each commit waits for
 * the disk, so no power cut leaves that.
 *
 * So it is with the header: one that does not fit is damage, unless all that stands behind it is in
 * the database as well, since it is written anew after that.
 *
 * Not told apart, and left to SQLite: a last transaction that does not fit, and a log whose end is
 * missing. The format: https://www.sqlite.org/fileformat2.html, section 4.
 */
#ifndef AGENT1_EDGE_STORE_LOG_H
#define AGENT1_EDGE_STORE_LOG_H

#include <glib.h>
#include <stdbool.h>

/* Checks the log of the database at path, which nobody may have open; none is fine. Errors:
 * PROBLEM_SYNTAX (damaged), PROBLEM_IO. */
bool store_log_check(const char *path, GError **error);

#endif
