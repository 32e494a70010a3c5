/*
 * Which content a file has, without reading it: that of another moment is equal only where nobody
 * wrote or replaced it between. Of a file that is not there all is 0. Taken by common/sys/file.h.
 */
#ifndef COMMON_BASE_FILE_STAMP_H
#define COMMON_BASE_FILE_STAMP_H

#include <stdbool.h>
#include <stdint.h>

typedef struct FileStamp {
    uint64_t inode;
    int64_t changed_ns;
    int64_t size;
} FileStamp;

bool file_stamp_is_equal(const FileStamp *one, const FileStamp *other);

#endif
