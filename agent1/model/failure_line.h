/*
 * Which line of a failed run's output a person wants to see beside it: programs tell what went
 * wrong anywhere, and much else before and after. Pure.
 */
#ifndef AGENT1_MODEL_FAILURE_LINE_H
#define AGENT1_MODEL_FAILURE_LINE_H

/* The first line with a word that errors are told with, in English or French; without one, the last
 * line that says anything, where most programs stop. NULL: no line says anything. output may be
 * NULL. The caller owns it. */
char *failure_line(const char *output);

#endif
