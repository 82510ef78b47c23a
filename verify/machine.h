/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * machine.h: the little that has to be known of instructions to compare code.
 *
 * Nothing is disassembled. A field is bits of an instruction, found by a
 * pattern that other bytes can show by accident: whoever asks must make sure
 * that a field found by accident does no harm.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include "binary.h"

/* Bits of an instruction: len bytes from at, of which those in mask. */
struct field {
	gsize at, len;
	guint64 mask;
	gint64 value;		/* a branch: the offset in the section that it goes to; else the operand */
};

/* Takes the addend out of the bytes a REL relocation applies to; FALSE: unknown type, bytes left alone. */
bool machine_take_addend(const struct binary *binary, guint type, unsigned char *data, gsize room, gint64 *addend);
/* What must be added to symbol + addend to get the place that an operand relative to the PC means. */
gint64 machine_bias(const struct binary *binary, const struct section *section, gsize offset, guint type);
/* A direct branch, or the address of a place in the same section, that the assembler resolved. */
bool machine_branch(const struct binary *binary, bool thumb, const struct section *section, gsize at, gsize end,
		    struct field *field);
/* A positive operand that fits in 16 bits. */
bool machine_immediate(const struct binary *binary, const struct section *section, gsize at, gsize end,
		       struct field *field);
/* Where the instructions that fill the space up to end begin: end when there are none. */
gsize machine_fill(const struct binary *binary, const struct section *section, gsize start, gsize end);
/* Clears the bits of the field in a copy of the section's bytes that begins at start. */
void machine_clear(const struct binary *binary, const struct field *field, unsigned char *copy, gsize start);

#endif
