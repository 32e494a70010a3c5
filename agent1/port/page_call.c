#include "agent1/port/page_call.h"

#include <string.h>

#include "common/base/limits.h"
#include "common/base/problem.h"
#include "common/base/text.h"
#include "common/data/record.h"

#include "common/base/banned.h"

static const char *const kind_words[] = { "read", "search", NULL };

static const char *const outcome_words[PAGE_OUTCOME_COUNT + 1] = {
    [PAGE_FOUND] = "found",
    [PAGE_EMPTY] = "empty",
    [PAGE_BAD_ADDRESS] = "bad_address",
    [PAGE_FORBIDDEN] = "forbidden",
    [PAGE_UNKNOWN_NAME] = "unknown_name",
    [PAGE_UNREACHABLE] = "unreachable",
    [PAGE_CLOSED] = "closed",
    [PAGE_NOT_SPOKEN] = "not_spoken",
    [PAGE_UNTRUSTED] = "untrusted",
    [PAGE_SLOW] = "slow",
    [PAGE_STATUS] = "status",
    [PAGE_WRONG_TYPE] = "wrong_type",
    [PAGE_MOVED] = "moved",
    [PAGE_SUSPECTS] = "suspects",
    [PAGE_BROKEN] = "broken",
    [PAGE_OFF] = "off",
    [PAGE_NO_READER] = "no_reader",
    [PAGE_OUTCOME_COUNT] = NULL,
};

/* ---- the call ---- */

PageCall *page_call_new(const char *id, PageKind kind, const char *text)
{
    PageCall *call = g_new0(PageCall, 1);

    call->id = g_strdup(id);
    call->kind = kind;
    call->text = g_strdup(text);
    return call;
}

void page_call_free(PageCall *call)
{
    if (!call)
        return;

    g_free(call->id);
    g_free(call->text);
    g_free(call);
}

/* ---- its news ---- */

static bool is_one_line(const char *text)
{
    return text_is_harmless(text) && !strpbrk(text, "\n\t");
}

#define AT(member) offsetof(PageNews, member)

static const Field news_fields[] = {
    { .name = "outcome",
      .kind = FIELD_CHOICE,
      .offset = AT(outcome),
      .choices = outcome_words,
      .is_required = true,
      .is_always_written = true },
    { .name = "title",
      .kind = FIELD_STRING,
      .offset = AT(title),
      .maximum = PAGE_TITLE_MAX_CHARS * 4,
      .is_valid = is_one_line },
    { .name = "address",
      .kind = FIELD_STRING,
      .offset = AT(address),
      .maximum = PAGE_ADDRESS_MAX_BYTES,
      .is_valid = is_one_line },
    { .name = "text",
      .kind = FIELD_STRING,
      .offset = AT(text),
      .maximum = PAGE_TEXT_MAX_BYTES,
      .is_valid = text_is_harmless },
    { .name = "why",
      .kind = FIELD_STRING,
      .offset = AT(why),
      .maximum = PAGE_WHY_MAX_CHARS * 4,
      .is_valid = is_one_line },
    { .name = "is_cut", .kind = FIELD_BOOL, .offset = AT(is_cut) },
    { .name = NULL },
};

#undef AT

PageNews *page_news_new(const char *id, PageOutcome outcome, const char *why)
{
    PageNews *news = g_new0(PageNews, 1);

    news->id = g_strdup(id);
    news->outcome = (int)outcome;
    news->why = why ? text_make_line(why, PAGE_WHY_MAX_CHARS) : NULL;
    return news;
}

void page_news_free(PageNews *news)
{
    if (!news)
        return;

    record_clear(news_fields, news);
    g_free(news->id);
    g_free(news);
}

const char *page_outcome_name(PageOutcome outcome)
{
    return outcome_words[outcome];
}

char *page_news_print(const PageNews *news)
{
    return record_print(news_fields, news);
}

PageNews *page_news_parse(const char *id, const char *text, size_t length, GError **error)
{
    g_autoptr(Json) json = json_parse(text, length, PAGE_NEWS_MAX_BYTES, error);
    g_autoptr(PageNews) news = NULL;

    if (!json)
        return NULL;

    news = page_news_new(id, PAGE_BROKEN, NULL);
    if (!record_read(news_fields, news, json, "", NULL, error))
        return NULL;
    if ((news->outcome == PAGE_FOUND) != (news->text && *news->text)) {
        g_set_error(error, PROBLEM, PROBLEM_VALUE, "text: expected with \"found\", and only there");
        return NULL;
    }
    return g_steal_pointer(&news);
}

/* ---- what the reader is told ---- */

#define AT(member) offsetof(PageOrder, member)

static const Field order_fields[] = {
    { .name = "kind",
      .kind = FIELD_CHOICE,
      .offset = AT(kind),
      .choices = kind_words,
      .is_required = true,
      .is_always_written = true },
    { .name = "text",
      .kind = FIELD_STRING,
      .offset = AT(text),
      .is_required = true,
      .maximum = PAGE_ADDRESS_MAX_BYTES },
    { .name = "provider",
      .kind = FIELD_CHOICE,
      .offset = AT(search.provider),
      .choices = search_provider_words,
      .is_required = true,
      .is_always_written = true },
    { .name = "base_url", .kind = FIELD_STRING, .offset = AT(search.base_url) },
    { .name = "results",
      .kind = FIELD_INT,
      .offset = AT(search.results),
      .minimum = 1,
      .maximum = SEARCH_RESULTS_MAX },
    { .name = "timeout",
      .kind = FIELD_DURATION,
      .offset = AT(search.timeout_ms),
      .minimum = 1,
      .maximum = PAGE_TIME_MS },
    { .name = "private_hosts",
      .kind = FIELD_STRINGS,
      .offset = AT(search.private_hosts),
      .maximum = PRIVATE_HOSTS_MAX },
    { .name = NULL },
};

#undef AT

char *page_order_print(const PageCall *call, const SearchSettings *search)
{
    PageOrder order = { .kind = (int)call->kind, .text = call->text, .search = *search };

    return record_print(order_fields, &order);
}

PageOrder *page_order_parse(const char *text, size_t length, GError **error)
{
    g_autoptr(Json) json = json_parse(text, length, PAGE_ORDER_MAX_BYTES, error);
    g_autoptr(PageOrder) order = NULL;

    if (!json)
        return NULL;

    order = g_new0(PageOrder, 1);
    search_settings_init(&order->search);
    if (!record_read(order_fields, order, json, "", NULL, error))
        return NULL;
    return g_steal_pointer(&order);
}

void page_order_free(PageOrder *order)
{
    if (!order)
        return;

    record_clear(order_fields, order);
    g_free(order);
}
