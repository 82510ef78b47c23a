/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs' own names. What is being converted is named by the recipe
 * and nowhere in C; this header is the one place that would be edited to
 * ship the engine under another name.
 */
#ifndef PROJECT_H
#define PROJECT_H

#define PROJECT_VERSION	"0.1"
#define CONVERT_NAME	"phyr-convert"
#define VERIFY_NAME	"phyr-verify"
#define CACHE_NAME	"phyr"
#define NOTES_REF	"refs/notes/phyr"

#endif
