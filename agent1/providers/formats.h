/*
 * Which interface a provider has.
 */
#ifndef AGENT1_PROVIDERS_FORMATS_H
#define AGENT1_PROVIDERS_FORMATS_H

#include "agent1/providers/format.h"

/* Of a Provider. */
const ModelFormat *model_format(int provider);

#endif
