/*
 * Files: read with a cap, written so that a crash leaves the old or the new one, never a part.
 * PROBLEM_IO, PROBLEM_FULL (ENOSPC, EDQUOT), PROBLEM_BUSY (EMFILE, ENFILE), PROBLEM_LIMIT,
 * PROBLEM_MISSING (ENOENT on reading); messages begin with the path. After PROBLEM_FULL and
 * PROBLEM_BUSY nothing has changed.
 */
#ifndef COMMON_SYS_FILE_H
#define COMMON_SYS_FILE_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/base/file_stamp.h"
#include "common/base/problem.h"

/* Which problem an errno is: PROBLEM_FULL, PROBLEM_BUSY or PROBLEM_IO. */
Problem file_problem(int system_error);

/* The whole file with a NUL after it. Refuses what is larger than max_bytes, and what is no regular
 * file. out_length may be NULL. The caller owns the result. */
char *file_read(const char *path, size_t max_bytes, size_t *out_length, GError **error);

/* Writes a temporary file beside path, fsyncs, renames over it, fsyncs the folder. */
bool file_write_atomic(const char *path, const char *content, size_t length, mode_t mode,
                       GError **error);

void file_stamp(const char *path, FileStamp *out);

/* The same, but PROBLEM_CHANGED where the file is not what it was; looked at last before the
 * rename. *out_is is the stamp of what was written, whatever has come in its place since.
 */
bool file_replace(const char *path, const FileStamp *was, const char *content, size_t length,
                  mode_t mode, FileStamp *out_is, GError **error);

/* Writes all of it; errno tells of a failure. */
bool file_write_all(int fd, const char *content, size_t length);

/* Creates a file that must not exist yet (O_EXCL), writes, fsyncs it and its folder. *out_existed
 * tells the failure "somebody was first" (returned as false without other harm) from the rest. */
bool file_create_exclusive(const char *path, const char *content, size_t length, mode_t mode,
                           bool *out_existed, GError **error);

/* fsyncs a file of a folder, which is there. */
bool file_sync_content(const char *folder, const char *name, GError **error);

/* fsyncs a folder, so that what was created or renamed in it stays. */
bool file_sync_folder(const char *path, GError **error);

/* The same in two parts: who changes something in the folder in between opens it before, so that
 * afterwards only the disk can fail (PROBLEM_IO). The first returns a descriptor, or -1; the second
 * leaves it open. */
int file_open_folder(const char *path, GError **error);
bool file_sync_open_folder(int fd, const char *path, GError **error);

/* Creates a folder and its parents with the mode; existing ones are fine. */
bool file_make_folder(const char *path, mode_t mode, GError **error);

/* Removes a folder and what is in it, without following links. Absent is fine. */
bool file_remove_tree(const char *path, GError **error);

/* True when the folder lies on a local file system (not NFS, SMB, FUSE, 9p …), as locks and fsync
 * need; on failure to ask, an error. *out_type gets the type's name for messages (static). */
bool file_is_local(const char *path, bool *out_is_local, const char **out_type, GError **error);

#endif
