#include "common/sys/loop.h"

#include "common/base/banned.h"

void loop_spare_turns(GSource *source)
{
    g_source_set_can_recurse(source, TRUE);
}

guint loop_watch(int fd, GUnixFDSourceFunc handler, void *data)
{
    GSource *source = g_unix_fd_source_new(fd, G_IO_IN);
    guint id;

    g_source_set_callback(source, G_SOURCE_FUNC(handler), data, NULL);
    loop_spare_turns(source);
    id = g_source_attach(source, NULL);
    g_source_unref(source);
    return id;
}
