#include "tests/simulate/agenda.h"

#include "common/base/banned.h"

void agenda_init(Agenda *agenda)
{
    agenda->heap = g_array_new(FALSE, FALSE, sizeof(AgendaEntry));
    agenda->order = 0;
}

void agenda_clear(Agenda *agenda)
{
    for (guint i = 0; i < agenda->heap->len; i++) {
        AgendaEntry *entry = &g_array_index(agenda->heap, AgendaEntry, i);

        if (entry->free_item)
            entry->free_item(entry->item);
    }
    g_array_unref(agenda->heap);
}

static AgendaEntry *at(const Agenda *agenda, guint index)
{
    return &g_array_index(agenda->heap, AgendaEntry, index);
}

static bool is_before(const AgendaEntry *one, const AgendaEntry *other)
{
    return one->at_ms != other->at_ms ? one->at_ms < other->at_ms : one->order < other->order;
}

static void swap(Agenda *agenda, guint one, guint other)
{
    AgendaEntry kept = *at(agenda, one);

    *at(agenda, one) = *at(agenda, other);
    *at(agenda, other) = kept;
}

void agenda_add(Agenda *agenda, int64_t at_ms, AgendaAct act, void *owner, void *item,
                GDestroyNotify free_item, const unsigned *life)
{
    AgendaEntry entry = { .at_ms = at_ms,
                          .order = agenda->order++,
                          .act = act,
                          .owner = owner,
                          .item = item,
                          .free_item = free_item,
                          .life = life,
                          .expected = life ? *life : 0 };
    guint index = agenda->heap->len;

    g_array_append_val(agenda->heap, entry);
    while (index > 0 && is_before(at(agenda, index), at(agenda, (index - 1) / 2))) {
        swap(agenda, index, (index - 1) / 2);
        index = (index - 1) / 2;
    }
}

int64_t agenda_next_ms(const Agenda *agenda)
{
    return agenda->heap->len > 0 ? at(agenda, 0)->at_ms : INT64_MAX;
}

static void sink(Agenda *agenda)
{
    guint index = 0;

    for (;;) {
        guint least = index;

        for (guint child = 2 * index + 1; child <= 2 * index + 2; child++) {
            if (child < agenda->heap->len && is_before(at(agenda, child), at(agenda, least)))
                least = child;
        }
        if (least == index)
            return;
        swap(agenda, index, least);
        index = least;
    }
}

void agenda_do_next(Agenda *agenda)
{
    AgendaEntry entry = *at(agenda, 0);

    *at(agenda, 0) = *at(agenda, agenda->heap->len - 1);
    g_array_set_size(agenda->heap, agenda->heap->len - 1);
    sink(agenda);
    if (!entry.life || *entry.life == entry.expected)
        entry.act(entry.owner, entry.item);
    if (entry.free_item)
        entry.free_item(entry.item);
}
