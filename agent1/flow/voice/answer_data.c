#include "agent1/flow/voice/answer_data.h"

#include <string.h>

#include "common/base/timestamp.h"
#include "common/base/banned.h"

#define TOTALS "totals"

/* The name of a list, twice, with its total, and all that stands around. */
#define LIST_MAX_BYTES 100

void answer_data_clear(AnswerData *data)
{
    json_free(data->lists);
    *data = (AnswerData){ 0 };
}

static Json *member(Json *object, const char *name, Json *(*make)(void))
{
    if (!json_member(object, name))
        json_set(object, name, make());
    return json_member_mutable(object, name);
}

static Json *list_of(AnswerData *data, const char *list)
{
    if (!data->lists)
        data->lists = json_new_object();
    if (!json_member(data->lists, list))
        data->bytes += LIST_MAX_BYTES;
    return member(data->lists, list, json_new_array);
}

void answer_data_count(AnswerData *data, const char *list, int64_t more)
{
    Json *totals;
    int64_t total = 0;

    list_of(data, list);
    totals = member(data->lists, TOTALS, json_new_object);
    json_int(json_member(totals, list), &total);
    json_set_int(totals, list, total + more);
}

static size_t printed_bytes(const Json *item)
{
    g_autofree char *text = json_print(item);

    return strlen(text) + strlen(",");
}

bool answer_data_add(AnswerData *data, const char *list, Json *item)
{
    size_t bytes = printed_bytes(item);

    answer_data_count(data, list, 1);
    data->is_full = data->is_full || data->bytes + bytes > ANSWER_DATA_MAX_BYTES;
    if (data->is_full) {
        json_free(item);
        return false;
    }
    data->bytes += bytes;
    json_append(list_of(data, list), item);
    return true;
}

/* Adds one of the lists of an object whose totals are known. */
static void add_list(AnswerData *data, const Json *list, const Json *totals)
{
    const char *name = json_name(list);
    int64_t total = 0;

    json_int(json_member(totals, name), &total);
    answer_data_count(data, name, MAX(total - json_count(list), 0));
    for (const Json *item = json_first(list); item; item = json_next(item))
        answer_data_add(data, name, json_copy(item));
}

static void add_lists(AnswerData *data, const Json *lists)
{
    const Json *totals = json_member(lists, TOTALS);

    for (const Json *list = json_first(lists); list; list = json_next(list)) {
        if (json_kind(list) == JSON_ARRAY)
            add_list(data, list, totals);
    }
}

void answer_data_join(AnswerData *data, const char *earlier)
{
    g_autoptr(Json) before = json_parse(earlier, strlen(earlier), strlen(earlier), NULL);
    AnswerData joined = { 0 };

    add_lists(&joined, before);
    add_lists(&joined, data->lists);
    answer_data_clear(data);
    *data = joined;
}

void answer_data_set_text(Json *item, const char *name, const char *text)
{
    if (text)
        json_set_string(item, name, text);
}

void answer_data_set_time(Json *item, const char *name, int64_t at_ms)
{
    g_autofree char *text = at_ms > 0 ? timestamp_format(at_ms) : NULL;

    answer_data_set_text(item, name, text);
}
