#include "agent1/flow/talk/metric.h"

#include "common/wire/topic.h"
#include "common/base/banned.h"

static const char *outcome_word(const ModelNews *news, bool is_useful)
{
    if (!is_useful && (news->outcome == MODEL_ANSWERED || news->outcome == MODEL_CUT))
        return "refused";
    return model_outcome_name(news->outcome);
}

void metric_publish(Core *core, const Talk *talk, const ModelNews *news, bool is_useful)
{
    const ModelSettings *model = core->settings->talk->chain->pdata[talk->provider];
    g_autoptr(Json) json = json_new_object();
    g_autofree char *text = NULL;

    json_set_string(json, "provider", provider_name(model->provider));
    json_set_string(json, "model", model->model);
    json_set_string(json, "outcome", outcome_word(news, is_useful));
    json_set_int(json, "first_ms", news->first_ms);
    json_set_int(json, "latency_ms", news->total_ms);
    json_set_int(json, "tokens_in", news->tokens_in);
    json_set_int(json, "tokens_out", news->tokens_out);
    text = json_print(json);
    effects_publish_plain(core->fx, TOPIC_METRICS_LLM, text, false);
}
