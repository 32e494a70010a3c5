#include "common/base/file_stamp.h"

#include "common/base/banned.h"

bool file_stamp_is_equal(const FileStamp *one, const FileStamp *other)
{
    return one->inode == other->inode && one->changed_ns == other->changed_ns &&
           one->size == other->size;
}
