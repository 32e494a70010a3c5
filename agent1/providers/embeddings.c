#include "agent1/providers/embeddings.h"

#include <math.h>

#include "agent1/port/packed_vector.h"
#include "common/base/problem.h"
#include "common/data/json.h"
#include "common/base/banned.h"

#define ROOM_AROUND 64 /* members that stand around a vector */

static void add_field(ModelRequest *request, const char *name, char *value)
{
    request->fields[request->field_count++] = (ModelRequestField){ name, value };
}

ModelRequest *embeddings_request_new(const EmbedCall *call, const ModelSettings *settings)
{
    ModelRequest *request = g_new0(ModelRequest, 1);
    g_autoptr(Json) body = json_new_object();
    Json *input = json_new_array();

    for (unsigned i = 0; i < call->texts->len; i++)
        json_append_string(input, call->texts->pdata[i]);
    json_set_string(body, "model", settings->model);
    json_set(body, "input", input);
    if (settings->provider == PROVIDER_OPENAI)
        json_set_string(body, "encoding_format", "float");
    request->url =
        g_strconcat(settings->base_url,
                    settings->provider == PROVIDER_OPENAI ? "/embeddings" : "/api/embed", NULL);
    request->body = json_print(body);
    add_field(request, "Content-Type", g_strdup("application/json"));
    add_field(request, "Accept", g_strdup("application/json"));
    if (settings->api_key)
        add_field(request, "Authorization", g_strconcat("Bearer ", settings->api_key, NULL));
    return request;
}

/* ---- what comes back ---- */

static bool set_wrong(GError **error, const char *what)
{
    g_set_error(error, PROBLEM, PROBLEM_SYNTAX, "no embeddings: %s", what);
    return false;
}

static bool read_number(const Json *node, float *out, GError **error)
{
    double number;

    if (!json_number(node, &number))
        return set_wrong(error, "a vector holds what is no number");
    *out = (float)number;
    return isfinite(*out) ? true : set_wrong(error, "a number is too large");
}

/* NULL: it is no vector. */
static GBytes *read_vector(const Json *array, GError **error)
{
    unsigned count = json_count(array);
    g_autofree float *numbers = NULL;
    GBytes *vector;
    unsigned i = 0;

    if (json_kind(array) != JSON_ARRAY || count == 0 || count > VECTOR_NUMBERS_MAX) {
        set_wrong(error, "a vector is missing, empty or too long");
        return NULL;
    }
    numbers = g_new(float, count);
    for (const Json *node = json_first(array); node; node = json_next(node), i++) {
        if (!read_number(node, &numbers[i], error))
            return NULL;
    }
    vector = packed_vector_new(numbers, count);
    if (!vector)
        set_wrong(error, "a vector is nothing but noughts");
    return vector;
}

static bool fits(const GPtrArray *vectors, GBytes *vector)
{
    return vectors->len == 0 || g_bytes_get_size(vectors->pdata[0]) == g_bytes_get_size(vector);
}

/* ollama gives the vectors themselves, openai objects that hold one, and their place. */
static const Json *vector_of(int provider, const Json *element, unsigned place)
{
    int64_t index;

    if (provider == PROVIDER_OLLAMA)
        return element;
    if (!json_int(json_member(element, "index"), &index) || index != place)
        return NULL;
    return json_member(element, "embedding");
}

/* Before a tree is built of it: a node takes many times as much as a number. */
static bool is_too_long(const char *body, size_t length, unsigned count)
{
    size_t commas = 0;

    for (size_t i = 0; i < length; i++)
        commas += body[i] == ',';
    return length > EMBEDDINGS_ANSWER_MAX_BYTES ||
           commas > (size_t)count * (VECTOR_NUMBERS_MAX + ROOM_AROUND);
}

static void free_vector(void *vector)
{
    g_bytes_unref(vector);
}

GPtrArray *embeddings_parse(int provider, const char *body, size_t length, unsigned count,
                            GError **error)
{
    g_autoptr(GPtrArray) vectors = g_ptr_array_new_with_free_func(free_vector);
    g_autoptr(Json) json = NULL;
    const Json *array;

    if (is_too_long(body, length, count)) {
        set_wrong(error, "the answer is too long");
        return NULL;
    }
    json = json_parse(body, length, EMBEDDINGS_ANSWER_MAX_BYTES, error);
    if (!json)
        return NULL;
    array = json_member(json, provider == PROVIDER_OLLAMA ? "embeddings" : "data");
    if (json_kind(array) != JSON_ARRAY || json_count(array) != count) {
        set_wrong(error, "not one for each text");
        return NULL;
    }
    for (const Json *node = json_first(array); node; node = json_next(node)) {
        GBytes *vector = read_vector(vector_of(provider, node, vectors->len), error);

        if (!vector)
            return NULL;
        if (!fits(vectors, vector)) {
            g_bytes_unref(vector);
            set_wrong(error, "its vectors have different lengths");
            return NULL;
        }
        g_ptr_array_add(vectors, vector);
    }
    return g_steal_pointer(&vectors);
}
