/*
 * Functions that this code base does not call, and what it calls instead. Every .c file includes
 * this header last, so that a use of one fails to compile with the remedy in the message.
 */
#ifndef COMMON_BASE_BANNED_H
#define COMMON_BASE_BANNED_H

#undef strcpy
#undef strcat
#undef strncpy
#undef strncat
#undef sprintf
#undef vsprintf
#undef strtok
#undef atoi
#undef atol
#undef localtime
#undef gmtime
#undef mktime
#undef system
#undef popen
#undef alloca

#define strcpy    banned_use_g_strlcpy
#define strcat    banned_use_GString
#define strncpy   banned_use_g_strlcpy
#define strncat   banned_use_GString
#define sprintf   banned_use_g_strdup_printf
#define vsprintf  banned_use_g_strdup_vprintf
#define strtok    banned_use_g_strsplit
#define atoi      banned_use_g_ascii_string_to_signed
#define atol      banned_use_g_ascii_string_to_signed
#define localtime banned_use_GDateTime
#define gmtime    banned_use_GDateTime
#define mktime    banned_use_GDateTime
#define system    banned_use_an_argv_array
#define popen     banned_use_an_argv_array
#define alloca    banned_use_g_malloc

#endif
