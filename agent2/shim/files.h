/*
 * The shim's own file operations, all in its run folder: read, lock, create once, end. On failure
 * they say why in errno. Knows nothing of what the files mean.
 */
#ifndef AGENT2_SHIM_FILES_H
#define AGENT2_SHIM_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Opens the folder and takes its lock. Returns the folder's descriptor; the lock's goes to
 * *out_lock, and both stay open for life. -1 with EWOULDBLOCK: another shim has it. */
int files_open_locked(const char *path, int *out_lock);

bool files_exists(int folder, const char *name);

/* Reads a whole file and puts a NUL after it. -1: no such file, or (EFBIG) not smaller than size.
 */
ssize_t files_read(int folder, const char *name, char *buffer, size_t size);

/* Creates a file that appears complete or not at all, and never replaces one (EEXIST); durable with
 * its name. *out_is_there tells a failure after it got its name from one before. */
bool files_create_once(int folder, const char *name, const char *content, size_t length,
                       bool *out_is_there);

/* Reserves room on disk for a file that is to be written when the disk may be full; returns its
 * descriptor. It gets its name, and becomes durable, with files_finish(). */
int files_reserve(int folder, const char *name, size_t bytes);
bool files_finish(int folder, int fd, const char *name, const char *content, size_t length);

/* Closes what was reserved, and gives the room back if it did not get its name. */
void files_release(int folder, int fd, const char *name);

/* Adds a line to shim.log: what went wrong, and errno's text when system_error is not 0. */
void files_log(int folder, const char *what, int system_error);

#endif
