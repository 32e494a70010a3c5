#include "agent1/edge/xmpp_memory.h"

#include <glib.h>
#include <malloc.h>

#include "common/base/banned.h"

static void *hook_alloc(size_t size, void *data)
{
    XmppMemory *memory = data;
    void *block = g_malloc(size);

    memory->used_bytes += malloc_usable_size(block);

    return block;
}

static void hook_free(void *block, void *data)
{
    XmppMemory *memory = data;

    memory->used_bytes -= malloc_usable_size(block);
    g_free(block);
}

static void *hook_realloc(void *block, size_t size, void *data)
{
    XmppMemory *memory = data;

    memory->used_bytes -= malloc_usable_size(block);
    block = g_realloc(block, size);
    memory->used_bytes += malloc_usable_size(block);

    return block;
}

void xmpp_memory_init(XmppMemory *memory)
{
    memory->hooks = (xmpp_mem_t){
        .alloc = hook_alloc, .free = hook_free, .realloc = hook_realloc, .userdata = memory
    };
    memory->used_bytes = 0;
}

bool xmpp_memory_is_exceeded(const XmppMemory *memory)
{
    return memory->used_bytes > XMPP_MEMORY_MAX_BYTES;
}
