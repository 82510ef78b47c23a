/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * code.h: the part of a preprocessed text that decides what the object holds.
 *
 * Most of a kernel object's text is inline functions of headers that it never
 * calls. The compiler reads and checks them and makes nothing of them. Two texts
 * that differ in such functions only give the same object, and differ at most
 * in what is said when they are parsed.
 */
#ifndef CODE_H
#define CODE_H

#include "util.h"

/* The sum of a C text as gcc -E gives it, less line markers, positions of declarations and uncalled inline functions. */
char *code_sum(const char *expanded);

#endif
