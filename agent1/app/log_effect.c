#include "agent1/app/log_effect.h"

#include "common/sys/log.h"
#include "common/base/banned.h"

static LogLevel log_level(EffectLogLevel level)
{
    switch (level) {
    case EFFECT_LOG_ERROR:
        return LOG_LEVEL_ERROR;
    case EFFECT_LOG_WARNING:
        return LOG_LEVEL_WARNING;
    case EFFECT_LOG_NOTICE:
        return LOG_LEVEL_NOTICE;
    case EFFECT_LOG_INFO:
        break;
    }
    return LOG_LEVEL_INFO;
}

void log_effect_write(const EffectLog *log)
{
    const LogField fields[] = { { "RUN", log->run }, { "AGENT", log->agent } };

    log_write(log_level(log->level), fields, G_N_ELEMENTS(fields), "%s", log->text);
}
