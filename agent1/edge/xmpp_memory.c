#include "agent1/edge/xmpp_memory.h"

#include <glib.h>
#include <malloc.h>
#include <stdalign.h>

#include "common/base/banned.h"

/* In front of each block. The alignment is that of malloc(3). */
typedef struct Head {
    alignas(max_align_t) struct Head *next;
    struct Head *previous;
} Head;

static void *link_in(XmppMemory *memory, Head *head)
{
    Head *first = memory->first;

    head->previous = NULL;
    head->next = first;
    if (first)
        first->previous = head;
    memory->first = head;
    memory->used_bytes += malloc_usable_size(head);

    return head + 1;
}

static void link_out(XmppMemory *memory, Head *head)
{
    if (head->previous)
        head->previous->next = head->next;
    else
        memory->first = head->next;
    if (head->next)
        head->next->previous = head->previous;
    memory->used_bytes -= malloc_usable_size(head);
}

static void *hook_alloc(size_t size, void *data)
{
    return link_in(data, g_malloc(sizeof(Head) + size));
}

static void hook_free(void *block, void *data)
{
    Head *head = block;

    if (!block)
        return;

    head--;
    link_out(data, head);
    g_free(head);
}

static void *hook_realloc(void *block, size_t size, void *data)
{
    Head *head = block;

    if (!block)
        return hook_alloc(size, data);

    head--;
    link_out(data, head);
    return link_in(data, g_realloc(head, sizeof(Head) + size));
}

void xmpp_memory_init(XmppMemory *memory)
{
    memory->hooks = (xmpp_mem_t){
        .alloc = hook_alloc, .free = hook_free, .realloc = hook_realloc, .userdata = memory
    };
    memory->used_bytes = 0;
    memory->first = NULL;
}

void xmpp_memory_clear(XmppMemory *memory)
{
    while (memory->first)
        hook_free((Head *)memory->first + 1, memory);
}

bool xmpp_memory_is_exceeded(const XmppMemory *memory)
{
    return memory->used_bytes > XMPP_MEMORY_MAX_BYTES;
}
