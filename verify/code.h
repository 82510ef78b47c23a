/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * code.h: the part of a preprocessed text that decides what the object holds.
 *
 * Most of a kernel object's text is inline functions of headers that it never
 * calls. The compiler reads and checks them and makes nothing of them. Two texts
 * that differ in such functions only are taken to give the same object, and what
 * is said of them to be said when they are parsed. code.c says which functions
 * are left out of that.
 */
#ifndef CODE_H
#define CODE_H

#include "util.h"

/* The sum of a C text as gcc -E gives it: its files and declarations, without lines and uncalled inline functions. */
char *code_sum(const char *expanded);

#endif
