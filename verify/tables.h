/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tables.h: sections that are lists of records about code elsewhere.
 */
#ifndef TABLES_H
#define TABLES_H

#include "pieces.h"

/* Cuts the section, which has no symbols, into one entry a record; FALSE when it is no table. */
bool table_cut(const struct binary *binary, struct section *section);
/* Names every entry after what it is about, "f" or "f,g" or "", and numbers those of one name. */
void tables_name(struct binary *binary);
/* The common record that an entry of .eh_frame refers to, NULL: none. */
struct piece *table_common(const struct binary *binary, const struct piece *entry);

#endif
