/*
 * The programs that belong to this one: where they are installed.
 */
#ifndef COMMON_SYS_HELPER_H
#define COMMON_SYS_HELPER_H

/* The path of a program that lies beside this one, or where the helpers of `owner` do
 * ("../libexec/agent1", "../lib/agent1"); NULL: there is none that may be run. The caller owns it.
 */
char *helper_find(const char *owner, const char *name);

#endif
