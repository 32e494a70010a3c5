/* The three formats: the same answer whatever the reads, valid pieces, and an end that is true. */
#include "agent1/providers/decoder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/banned.h"

#define KEY  "sk-very-secret"
#define CUTS 30 /* random ways to cut each stream */

typedef struct Row {
    const char *what;
    int provider;
    const char *stream;
    ModelOutcome outcome;
    const char *text;
    const char *lines; /* of triggers, each with a line break; NULL: none */
    const char *why;   /* a pattern; NULL: none */
    int64_t tokens_in;
    int64_t tokens_out;
    bool has_no_tools; /* none were offered */
} Row;

#define O(content)                                                                                 \
    "{\"message\":{\"role\":\"assistant\",\"content\":\"" content "\"},\"done\":false}\n"
#define O_END                                                                                      \
    "{\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":"        \
    "\"stop\",\"prompt_eval_count\":26,\"eval_count\":29}\n"
#define O_TOOL(arguments)                                                                          \
    "{\"message\":{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"function\":{"        \
    "\"name\":\"delegate\",\"arguments\":" arguments "}}]},\"done\":false}\n"

static const Row ollama_rows[] = {
    { "an answer", PROVIDER_OLLAMA, O("Hel") O("lo\\n") O_END, MODEL_ANSWERED, "Hello\n", NULL,
      NULL, 26, 29, false },
    { "no end of its last line", PROVIDER_OLLAMA, O("a") "{\"done\":true}", MODEL_ANSWERED, "a",
      NULL, NULL, 0, 0, false },
    { "CR LF and empty lines", PROVIDER_OLLAMA,
      "\r\n" O("a") "\r\n \n"
                    "{\"done\":true}\r\n",
      MODEL_ANSWERED, "a", NULL, NULL, 0, 0, false },
    { "characters of several bytes", PROVIDER_OLLAMA, O("é€") O("🙂") O_END, MODEL_ANSWERED,
      "é€🙂", NULL, NULL, 26, 29, false },
    { "escapes", PROVIDER_OLLAMA, O("\\u00e9\\ud83d\\ude42\\\\u0000\\\"") O_END, MODEL_ANSWERED,
      "é🙂\\u0000\"", NULL, NULL, 26, 29, false },
    { "bytes that are no character", PROVIDER_OLLAMA, O("a\xff\xe2\x82") O_END, MODEL_ANSWERED,
      "a\ufffd\ufffd\ufffd", NULL, NULL, 26, 29, false },
    { "halves of surrogate pairs and NUL", PROVIDER_OLLAMA,
      O("\\ud83d") O("\\ude42x\\ud83dx\\u0000") O_END, MODEL_ANSWERED, "\ufffd\ufffdx\ufffdx\ufffd",
      NULL, NULL, 26, 29, false },
    { "nothing to say", PROVIDER_OLLAMA, O_END, MODEL_ANSWERED, "", NULL, NULL, 26, 29, false },
    { "its thinking is not its answer", PROVIDER_OLLAMA,
      "{\"message\":{\"content\":\"\",\"thinking\":\"hm\"}}\n" O("a") O_END, MODEL_ANSWERED, "a",
      NULL, NULL, 26, 29, false },
    { "out of tokens", PROVIDER_OLLAMA,
      O("a") "{\"done\":true,\"done_reason\":\"length\",\"eval_count\":5}\n", MODEL_CUT, "a", NULL,
      NULL, 0, 5, false },
    { "what follows the end means nothing", PROVIDER_OLLAMA, O("a") O_END "rubbish\n" O("b"),
      MODEL_ANSWERED, "a", NULL, NULL, 26, 29, false },
    { "a tool", PROVIDER_OLLAMA, O_TOOL("{\"agent\":\"web1\",\"task\":\"ps | wc\"}") O_END,
      MODEL_ANSWERED, "", "DELEGATE: web1 | ps | wc\n", NULL, 26, 29, false },
    { "two tools, and text", PROVIDER_OLLAMA,
      O("Now:") O_TOOL("{\"agent\":\"a\",\"task\":\"x\"}")
          O_TOOL("{\"agent\":\"b\",\"task\":\"y\"}") O_END,
      MODEL_ANSWERED, "Now:", "DELEGATE: a | x\nDELEGATE: b | y\n", NULL, 26, 29, false },
    { "a tool that nobody offered", PROVIDER_OLLAMA,
      O_TOOL("{\"agent\":\"web1\",\"task\":\"x\"}") O_END, MODEL_BROKEN, "", NULL,
      "it calls a tool, and none was offered", 26, 29, true },
    { "one of two tools does not fit", PROVIDER_OLLAMA,
      O_TOOL("{\"agent\":\"a\",\"task\":\"x\"}") O_TOOL("{\"agent\":\"b|c\",\"task\":\"y\"}") O_END,
      MODEL_BROKEN, "", NULL, "its call of delegate does not fit: there is a bar in agent", 26, 29,
      false },
    { "arguments as a text", PROVIDER_OLLAMA, O_TOOL("\"{\\\"agent\\\":\\\"a\\\"}\"") O_END,
      MODEL_BROKEN, "", NULL, "its call of delegate is broken", 26, 29, false },
    { "a tool without a name", PROVIDER_OLLAMA, "{\"message\":{\"tool_calls\":[{}]}}\n" O_END,
      MODEL_BROKEN, "", NULL, "it calls \"\", *", 26, 29, false },
    { "an error at once", PROVIDER_OLLAMA, "{\"error\":\"model requires more memory\"}\n",
      MODEL_FAILED, "", NULL, "model requires more memory", 0, 0, false },
    { "an error in the middle", PROVIDER_OLLAMA, O("a") "{\"error\":\"an " KEY "\\nrow\"}\n" O("b"),
      MODEL_FAILED, "a", NULL, "an [redacted] row", 0, 0, false },
    { "an error without words", PROVIDER_OLLAMA, "{\"error\":7}\n", MODEL_FAILED, "", NULL,
      "an error without words", 0, 0, false },
    { "an end in the middle", PROVIDER_OLLAMA, O("a") O("b"), MODEL_BROKEN, "ab", NULL,
      "its answer ends in the middle", 0, 0, false },
    { "an end in a record", PROVIDER_OLLAMA, O("a") "{\"message\":{\"con", MODEL_BROKEN, "a", NULL,
      "a part of its answer is no JSON object", 0, 0, false },
    { "no JSON", PROVIDER_OLLAMA, "<html>\n</html>\n", MODEL_BROKEN, "", NULL, "*no JSON object", 0,
      0, false },
    { "JSON, but no object", PROVIDER_OLLAMA, O("a") "[]\n", MODEL_BROKEN, "a", NULL,
      "*no JSON object", 0, 0, false },
    { "two objects on a line", PROVIDER_OLLAMA, "{\"done\":true} {}\n", MODEL_BROKEN, "", NULL,
      "*no JSON object", 0, 0, false },
    { "another object", PROVIDER_OLLAMA, "{\"status\":\"ok\"}\n", MODEL_BROKEN, "", NULL,
      "its answer ends in the middle", 0, 0, false },
    { "a text that is none", PROVIDER_OLLAMA, "{\"message\":{\"content\":[]}}\n" O_END,
      MODEL_BROKEN, "", NULL, "there is an array where its answer has a text", 0, 0, false },
    { "nothing", PROVIDER_OLLAMA, "", MODEL_BROKEN, "", NULL, "its answer ends in the middle", 0, 0,
      false },
};

#define C(delta)                                                                                   \
    "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,"          \
    "\"delta\":{" delta "},\"finish_reason\":null}],\"usage\":null}\n\n"
#define C_TEXT(text)        C("\"content\":\"" text "\"")
#define C_TOOL(index, rest) C("\"tool_calls\":[{\"index\":" index "," rest "}]")
#define C_NAME(index)                                                                              \
    C_TOOL(index, "\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"delegate\","   \
                  "\"arguments\":\"\"}")
#define C_PART(index, part) C_TOOL(index, "\"function\":{\"arguments\":\"" part "\"}")
#define C_STOP(reason)                                                                             \
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" reason "\"}]}\n\n"
#define C_USAGE                                                                                    \
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":12,"               \
    "\"total_tokens\":21}}\n\n"
#define C_DONE "data: [DONE]\n\n"
#define C_END  C_STOP("stop") C_USAGE C_DONE

static const Row openai_rows[] = {
    { "an answer", PROVIDER_OPENAI,
      C("\"role\":\"assistant\",\"content\":\"\"") C_TEXT("Hel") C_TEXT("lo🙂") C_END,
      MODEL_ANSWERED, "Hello🙂", NULL, NULL, 9, 12, false },
    { "comments as heartbeats", PROVIDER_OPENAI, ": waiting\n\n" C_TEXT("a") ": waiting\n\n" C_END,
      MODEL_ANSWERED, "a", NULL, NULL, 9, 12, false },
    { "no usage, no done", PROVIDER_OPENAI, C_TEXT("a") C_STOP("stop"), MODEL_ANSWERED, "a", NULL,
      NULL, 0, 0, false },
    { "no empty line at the end", PROVIDER_OPENAI, C_TEXT("a") C_STOP("stop") "data: [DONE]",
      MODEL_ANSWERED, "a", NULL, NULL, 0, 0, false },
    { "a text of null", PROVIDER_OPENAI, C("\"content\":null") C_TEXT("a") C_END, MODEL_ANSWERED,
      "a", NULL, NULL, 9, 12, false },
    { "reasoning is not the answer", PROVIDER_OPENAI,
      C("\"reasoning_content\":\"hm\"") C_TEXT("a") C_END, MODEL_ANSWERED, "a", NULL, NULL, 9, 12,
      false },
    { "out of tokens", PROVIDER_OPENAI, C_TEXT("a") C_STOP("length") C_USAGE C_DONE, MODEL_CUT, "a",
      NULL, NULL, 9, 12, false },
    { "a tool in fragments", PROVIDER_OPENAI,
      C_NAME("0") C_PART("0", "{\\\"agent\\\":\\\"we") C_PART("0", "b1\\\",\\\"task\\\":")
          C_PART("0", "\\\"a | b\\\"}") C_STOP("tool_calls") C_USAGE C_DONE,
      MODEL_ANSWERED, "", "DELEGATE: web1 | a | b\n", NULL, 9, 12, false },
    { "two tools, mixed", PROVIDER_OPENAI,
      C_NAME("0") C_NAME("1") C_PART("1", "{\\\"agent\\\":\\\"b\\\",\\\"task\\\":\\\"y\\\"}")
          C_PART("0", "{\\\"agent\\\":\\\"a\\\",\\\"task\\\":\\\"x\\\"}") C_STOP("tool_calls"),
      MODEL_ANSWERED, "", "DELEGATE: a | x\nDELEGATE: b | y\n", NULL, 0, 0, false },
    { "tools without an index", PROVIDER_OPENAI,
      C("\"tool_calls\":[{\"function\":{\"name\":\"report\"}},{\"function\":{\"name\":\"recall\","
        "\"arguments\":\"{\\\"key_or\"}}]") C("\"tool_calls\":[{\"function\":{\"arguments\":"
                                              "\"_words\\\":\\\"k\\\"}\"}}]") C_STOP("tool_calls"),
      MODEL_ANSWERED, "", "REPORT:\nRECALL: k\n", NULL, 0, 0, false },
    { "a name said again is the same", PROVIDER_OPENAI,
      C_NAME("0") C_NAME("0") C_PART("0", "{\\\"agent\\\":\\\"a\\\",\\\"task\\\":\\\"x\\\"}")
          C_STOP("tool_calls"),
      MODEL_ANSWERED, "", "DELEGATE: a | x\n", NULL, 0, 0, false },
    { "another name is none", PROVIDER_OPENAI,
      C_NAME("0") C_TOOL("0", "\"function\":{\"name\":\"plan\"}") C_STOP("tool_calls"),
      MODEL_BROKEN, "", NULL, "one of its tool calls has two names", 0, 0, false },
    { "a tool cut by tokens", PROVIDER_OPENAI,
      C_NAME("0") C_PART("0", "{\\\"agent\\\":\\\"a\\\"}") C_STOP("length"), MODEL_BROKEN, "", NULL,
      "it ran out of tokens in a call of a tool", 0, 0, false },
    { "arguments that are no JSON", PROVIDER_OPENAI,
      C_NAME("0") C_PART("0", "agent=a") C_STOP("tool_calls"), MODEL_BROKEN, "", NULL,
      "its call of delegate is broken", 0, 0, false },
    { "filtered", PROVIDER_OPENAI, C_TEXT("a") C_STOP("content_filter") C_DONE, MODEL_FAILED, "a",
      NULL, "its filter stopped the answer", 0, 0, false },
    { "refused", PROVIDER_OPENAI, C("\"refusal\":\"I can\\u0007not\"") C_END, MODEL_FAILED, "",
      NULL, "it refused: I can<U+0007>not", 0, 0, false },
    { "an error in the stream", PROVIDER_OPENAI,
      C_TEXT("a") "data: {\"error\":{\"message\":\"Bad key " KEY
                  "\",\"type\":\"server_error\"}}\n\n" C_END,
      MODEL_FAILED, "a", NULL, "server_error: Bad key [redacted]", 0, 0, false },
    { "an error of null is none", PROVIDER_OPENAI,
      "data: {\"error\":null,\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n" C_END,
      MODEL_ANSWERED, "a", NULL, NULL, 9, 12, false },
    { "an end in the middle", PROVIDER_OPENAI, C_TEXT("a") C_TEXT("b"), MODEL_BROKEN, "ab", NULL,
      "its answer ends in the middle", 0, 0, false },
    { "done, but no reason", PROVIDER_OPENAI, C_TEXT("a") C_DONE, MODEL_BROKEN, "a", NULL,
      "its answer ends in the middle", 0, 0, false },
    { "broken JSON", PROVIDER_OPENAI, C_TEXT("a") "data: {\"choices\":[{]}\n\n" C_END, MODEL_BROKEN,
      "a", NULL, "a part of its answer is no JSON object", 0, 0, false },
    { "events of other names", PROVIDER_OPENAI, "event: x\n" C_TEXT("a") C_END, MODEL_ANSWERED, "a",
      NULL, NULL, 9, 12, false },
    { "a page", PROVIDER_OPENAI, "<!DOCTYPE html>\n<html>\n\n", MODEL_BROKEN, "", NULL,
      "its answer ends in the middle", 0, 0, false },
};

#define A(type, rest) "event: " type "\ndata: {\"type\":\"" type "\"" rest "}\n\n"
#define A_START                                                                                    \
    A("message_start", ",\"message\":{\"id\":\"m\",\"content\":[],\"usage\":{\"input_tokens\":25," \
                       "\"cache_creation_input_tokens\":3,\"cache_read_input_tokens\":4,"          \
                       "\"output_tokens\":1}}")
#define A_BLOCK(index, block)                                                                      \
    A("content_block_start", ",\"index\":" index ",\"content_block\":" block)
#define A_TEXT0               A_BLOCK("0", "{\"type\":\"text\",\"text\":\"\"}")
#define A_DELTA(index, delta) A("content_block_delta", ",\"index\":" index ",\"delta\":{" delta "}")
#define A_SAY(text)           A_DELTA("0", "\"type\":\"text_delta\",\"text\":\"" text "\"")
#define A_TOOL(index, name)                                                                        \
    A_BLOCK(index, "{\"type\":\"tool_use\",\"id\":\"toolu_1\",\"name\":\"" name "\",\"input\":{}"  \
                   "}")
#define A_PART(index, part)                                                                        \
    A_DELTA(index, "\"type\":\"input_json_delta\",\"partial_json\":\"" part "\"")
#define A_SHUT(index) A("content_block_stop", ",\"index\":" index)
#define A_REASON(reason)                                                                           \
    A("message_delta", ",\"delta\":{\"stop_reason\":\"" reason "\",\"stop_sequence\":null},"       \
                       "\"usage\":{\"output_tokens\":15}")
#define A_STOP A("message_stop", "")

#define A_HUGE                                                                                     \
    A("message_start", ",\"message\":{\"id\":\"m\",\"content\":[],\"usage\":{"                     \
                       "\"input_tokens\":9007199254740991,"                                        \
                       "\"cache_read_input_tokens\":9007199254740991,\"output_tokens\":1}}")

static const Row anthropic_rows[] = {
    { "counts that no call can have", PROVIDER_ANTHROPIC,
      A_HUGE A_HUGE A_TEXT0 A_SAY("Hi") A_SHUT("0") A_REASON("end_turn") A_STOP, MODEL_ANSWERED,
      "Hi", NULL, NULL, MODEL_TOKENS_MAX, 15, false },
    { "an answer", PROVIDER_ANTHROPIC,
      A_START A_TEXT0 A("ping", "") A_SAY("Hel") A_SAY("lo🙂") A_SHUT("0") A_REASON("end_turn")
          A_STOP,
      MODEL_ANSWERED, "Hello🙂", NULL, NULL, 32, 15, false },
    { "unknown events and deltas", PROVIDER_ANTHROPIC,
      A_START A("tomorrow", ",\"x\":[1]") A_BLOCK("0", "{\"type\":\"thinking\",\"thinking\":\"\"}")
          A_DELTA("0", "\"type\":\"thinking_delta\",\"thinking\":\"hm\"")
              A_DELTA("0", "\"type\":\"signature_delta\",\"signature\":\"x\"") A_SHUT("0")
                  A_BLOCK("1", "{\"type\":\"text\",\"text\":\"\"}") A_DELTA(
                      "1", "\"type\":\"text_delta\",\"text\":\"a\"") A_REASON("end_turn") A_STOP,
      MODEL_ANSWERED, "a", NULL, NULL, 32, 15, false },
    { "a stop word", PROVIDER_ANTHROPIC,
      A_START A_TEXT0 A_SAY("a") A_REASON("stop_sequence") A_STOP, MODEL_ANSWERED, "a", NULL, NULL,
      32, 15, false },
    { "out of tokens", PROVIDER_ANTHROPIC, A_START A_TEXT0 A_SAY("a") A_REASON("max_tokens") A_STOP,
      MODEL_CUT, "a", NULL, NULL, 32, 15, false },
    { "no message_stop", PROVIDER_ANTHROPIC, A_START A_TEXT0 A_SAY("a") A_REASON("end_turn"),
      MODEL_ANSWERED, "a", NULL, NULL, 32, 15, false },
    { "a tool in fragments", PROVIDER_ANTHROPIC,
      A_START A_TEXT0 A_SAY("Now:") A_SHUT("0") A_TOOL("1", "delegate") A_PART("1", "")
          A_PART("1", "{\\\"agent\\\": \\\"web1\\\", \\\"ta") A_PART("1", "sk\\\": \\\"uptime\\\"}")
              A_SHUT("1") A_REASON("tool_use") A_STOP,
      MODEL_ANSWERED, "Now:", "DELEGATE: web1 | uptime\n", NULL, 32, 15, false },
    { "a tool without input", PROVIDER_ANTHROPIC,
      A_START A_TOOL("0", "plan_list") A_SHUT("0") A_REASON("tool_use") A_STOP, MODEL_ANSWERED, "",
      "PLAN_LIST:\n", NULL, 32, 15, false },
    { "a tool with its input at once", PROVIDER_ANTHROPIC,
      A_START A_BLOCK("0", "{\"type\":\"tool_use\",\"name\":\"recall\",\"input\":"
                           "{\"key_or_words\":\"k\"}}") A_REASON("tool_use") A_STOP,
      MODEL_ANSWERED, "", "RECALL: k\n", NULL, 32, 15, false },
    { "its own tools are no calls", PROVIDER_ANTHROPIC,
      A_START A_BLOCK("0", "{\"type\":\"server_tool_use\",\"name\":\"web_search\",\"input\":{}}")
          A_PART("0", "{}") A_SHUT("0") A_BLOCK("1", "{\"type\":\"text\",\"text\":\"b\"}")
              A_REASON("end_turn") A_STOP,
      MODEL_ANSWERED, "b", NULL, NULL, 32, 15, false },
    { "a tool with foreign input", PROVIDER_ANTHROPIC,
      A_START A_TOOL("0", "report") A_PART("0", "{\\\"user\\\":\\\"root\\\"}") A_REASON("tool_use")
          A_STOP,
      MODEL_BROKEN, "", NULL, "*report does not fit: \"user\" is no parameter of it", 32, 15,
      false },
    { "refused", PROVIDER_ANTHROPIC, A_START A_TEXT0 A_SAY("a") A_REASON("refusal") A_STOP,
      MODEL_FAILED, "a", NULL, "it refused", 32, 15, false },
    { "overloaded", PROVIDER_ANTHROPIC,
      A_START A_TEXT0 A_SAY("a")
          A("error", ",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}"),
      MODEL_FAILED, "a", NULL, "overloaded_error: Overloaded", 32, 1, false },
    { "an end in the middle", PROVIDER_ANTHROPIC, A_START A_TEXT0 A_SAY("a") A_SHUT("0"),
      MODEL_BROKEN, "a", NULL, "its answer ends in the middle", 32, 1, false },
    { "a stop without a reason", PROVIDER_ANTHROPIC, A_START A_TEXT0 A_SAY("a") A_STOP,
      MODEL_BROKEN, "a", NULL, "its answer ends in the middle", 32, 1, false },
    { "no JSON", PROVIDER_ANTHROPIC, A_START "data: oops\n\n", MODEL_BROKEN, "", NULL,
      "a part of its answer is no JSON object", 32, 1, false },
};

static void feed(ModelDecoder *decoder, GString *text, const char *bytes, size_t length)
{
    g_autofree char *piece = NULL;

    model_decoder_feed(decoder, bytes, length);
    piece = model_decoder_take_piece(decoder);
    if (!piece)
        return;
    assert_true(g_utf8_validate(piece, -1, NULL) && *piece);
    g_string_append(text, piece);
}

static void feed_in_cuts(ModelDecoder *decoder, GString *text, const char *stream, unsigned way)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(way);
    size_t length = strlen(stream);
    size_t step = length;

    for (size_t at = 0; at < length; at += step) {
        if (way == 1)
            step = 1;
        else if (way > 1)
            step = (size_t)g_rand_int_range(random, 1, 2 * (gint32)way);
        step = MIN(step, length - at);
        feed(decoder, text, stream + at, step);
    }
    model_decoder_finish(decoder);
}

static char *join_lines(const GPtrArray *lines)
{
    GString *out = g_string_new(NULL);

    for (unsigned i = 0; i < lines->len; i++)
        g_string_append_printf(out, "%s\n", (const char *)lines->pdata[i]);
    return g_string_free(out, FALSE);
}

static void check_row(const Row *row, unsigned way)
{
    char key[] = KEY;
    ModelSettings settings = { .provider = row->provider, .api_key = key };
    g_autoptr(ModelDecoder) decoder = model_decoder_new(&settings, !row->has_no_tools);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(ModelNews) news = NULL;
    g_autofree char *lines = NULL;
    g_autofree char *rest = NULL;

    feed_in_cuts(decoder, text, row->stream, way);
    rest = model_decoder_take_piece(decoder);
    g_string_append(text, rest ? rest : "");
    assert_true(model_decoder_is_over(decoder));
    news = model_decoder_end(decoder, "id");
    lines = join_lines(news->tool_lines);
    if (news->outcome != row->outcome || !g_str_equal(text->str, row->text) ||
        !g_str_equal(lines, row->lines ? row->lines : "") ||
        (news->why != NULL) != (row->why != NULL) ||
        (row->why && !g_pattern_match_simple(row->why, news->why)))
        fail_msg("%s, cut %u: %s, \"%s\", %s, %s", row->what, way,
                 model_outcome_name(news->outcome), text->str, lines, news->why);
    if (news->tokens_in != row->tokens_in || news->tokens_out != row->tokens_out)
        fail_msg("%s: %d in, %d out", row->what, (int)news->tokens_in, (int)news->tokens_out);
}

static void check_rows(const Row *rows, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        for (unsigned way = 0; way < CUTS; way++)
            check_row(&rows[i], way);
    }
}

static void test_ollama(void **state)
{
    (void)state;
    check_rows(ollama_rows, G_N_ELEMENTS(ollama_rows));
}

static void test_openai(void **state)
{
    (void)state;
    check_rows(openai_rows, G_N_ELEMENTS(openai_rows));
}

static void test_anthropic(void **state)
{
    (void)state;
    check_rows(anthropic_rows, G_N_ELEMENTS(anthropic_rows));
}

/* A piece is told as soon as its record is whole, and the end as soon as it is said. */
static void test_as_it_comes(void **state)
{
    ModelSettings settings = { .provider = PROVIDER_OPENAI };
    g_autoptr(ModelDecoder) decoder = model_decoder_new(&settings, false);
    g_autoptr(GString) text = g_string_new(NULL);
    const char *first = C_TEXT("a");
    const char *last = C_END;

    (void)state;
    feed(decoder, text, first, strlen(first) - 1);
    assert_int_equal(text->len, 0);
    feed(decoder, text, "\n", 1);
    assert_string_equal(text->str, "a");
    assert_false(model_decoder_has_end(decoder));
    feed(decoder, text, last, strlen(last) - 1);
    assert_true(model_decoder_has_end(decoder));
    assert_false(model_decoder_is_over(decoder));
    feed(decoder, text, "\n", 1);
    assert_true(model_decoder_is_over(decoder));
}

/* ---- bounds ---- */

static void check_bound(int provider, const char *record, unsigned repeats, const char *why)
{
    ModelSettings settings = { .provider = provider };
    g_autoptr(ModelDecoder) decoder = model_decoder_new(&settings, true);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(ModelNews) news = NULL;
    unsigned fed = 0;

    while (!model_decoder_is_over(decoder) && fed++ < repeats)
        feed(decoder, text, record, strlen(record));
    assert_true(model_decoder_is_over(decoder));
    assert_true(text->len <= MODEL_ANSWER_MAX_BYTES);
    news = model_decoder_end(decoder, "id");
    assert_int_equal(news->outcome, MODEL_TOO_LARGE);
    if (!g_pattern_match_simple(why, news->why))
        fail_msg("%s", news->why);
    feed(decoder, text, record, strlen(record));
    assert_true(text->len <= MODEL_ANSWER_MAX_BYTES);
}

static void test_bounds(void **state)
{
    g_autofree char *filler = g_strnfill(1024, 'x');
    g_autofree char *said = g_strdup_printf(O("%s"), filler);
    g_autofree char *fragment = g_strdup_printf(C_PART("0", "%s"), filler);

    (void)state;
    check_bound(PROVIDER_OLLAMA, said, 257, "its answer is longer than 256 KiB");
    check_bound(PROVIDER_OPENAI, fragment, 257, "its answer is longer than 256 KiB");
    check_bound(PROVIDER_OLLAMA, O_TOOL("{}"), 21, "it calls more than 20 tools");
    check_bound(PROVIDER_OLLAMA, filler, 1025, "a part of its answer is longer than 1024 KiB");
    check_bound(PROVIDER_ANTHROPIC, filler, 1025, "a part of its answer is longer than 1024 KiB");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ollama),    cmocka_unit_test(test_openai),
        cmocka_unit_test(test_anthropic), cmocka_unit_test(test_as_it_comes),
        cmocka_unit_test(test_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
