/*
 * What the core wants in the log.
 */
#ifndef AGENT1_APP_LOG_EFFECT_H
#define AGENT1_APP_LOG_EFFECT_H

#include "agent1/port/effect.h"

void log_effect_write(const EffectLog *log);

#endif
