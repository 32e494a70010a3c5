/*
 * What of a sentence is worth looking for among what people have remembered: its words, but for
 * those that every sentence has. English and French. Pure.
 */
#ifndef AGENT1_MODEL_MEMORY_SENTENCE_H
#define AGENT1_MODEL_MEMORY_SENTENCE_H

/* Words for QUERY_MEMORY_ANY, each in quotes, so that none of them acts on the index; in the
 * singular, with a star behind all but the shortest. NULL when there are none. The caller owns it.
 */
char *memory_sentence_match(const char *sentence);

#endif
