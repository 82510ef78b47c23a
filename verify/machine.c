// SPDX-License-Identifier: GPL-2.0-only
/*
 * machine.c: relocation fields, branches, immediates and fill of the machines
 * the kernel is built for. See machine.h; encodings are those of the vendors'
 * manuals and the ELF supplements.
 *
 * Machines with fixed instructions are rows of a table: an instruction is a
 * unit of len bytes with (unit & mask) == match, and the operand its low bits.
 * x86 is known by opcode bytes alone, found at any byte.
 *
 * What is not known here stays as it is in the object. So a gap in this file
 * makes objects differ that are the same, never the other way round.
 */
#include <string.h>

#include "machine.h"

/* Instructions are little-endian on arm64 whatever data is. */
static guint64 get_code(const struct binary *binary, const unsigned char *at, gsize len)
{
	if (binary->machine == EM_AARCH64 && binary->big && len == 4)
		return GUINT32_SWAP_LE_BE((guint32)binary_get(binary, at, len));
	return binary_get(binary, at, len);
}

static gint64 sign_extend(guint64 value, guint bits)
{
	guint64 sign = G_GUINT64_CONSTANT(1) << (bits - 1);

	value &= (sign << 1) - 1;
	return (gint64)(value ^ sign) - (gint64)sign;
}

void machine_clear(const struct binary *binary, const struct field *field, unsigned char *copy, gsize start)
{
	unsigned char *at = copy + (field->at - start);
	guint64 mask = field->mask;

	if (binary->machine == EM_AARCH64 && binary->big && field->len == 4)
		mask = GUINT32_SWAP_LE_BE((guint32)mask);
	binary_put(binary, at, field->len, binary_get(binary, at, field->len) & ~mask);
}

/* A whole field of len bytes that is signed. */
static bool take_plain(const struct binary *binary, unsigned char *data, gsize room, gsize len, gint64 *addend)
{
	if (room < len)
		return false;
	*addend = sign_extend(binary_get(binary, data, len), len * 8);
	memset(data, 0, len);
	return true;
}

static bool take_arm(const struct binary *binary, guint type, unsigned char *data, gsize room, gint64 *addend)
{
	guint64 word;

	if (room < 4)
		return false;
	word = binary_get(binary, data, 4);
	switch (type) {
	case R_ARM_ABS32:
	case R_ARM_REL32:
		return take_plain(binary, data, room, 4, addend);
	case R_ARM_PREL31:
		*addend = sign_extend(word, 31);
		word &= 0x80000000;
		break;
	case R_ARM_PC24:
	case R_ARM_CALL:
	case R_ARM_JUMP24:
		*addend = sign_extend(word & 0xffffff, 24) * 4;
		word &= 0xff000000;
		break;
	case R_ARM_MOVW_ABS_NC:
	case R_ARM_MOVT_ABS:
		*addend = sign_extend((word >> 4 & 0xf000) | (word & 0xfff), 16);
		word &= 0xfff0f000;
		break;
	default:
		return false;
	}
	binary_put(binary, data, 4, word);
	return true;
}

bool machine_take_addend(const struct binary *binary, guint type, unsigned char *data, gsize room, gint64 *addend)
{
	if (binary->machine == EM_ARM)
		return take_arm(binary, type, data, room, addend);
	if (binary->machine == EM_MIPS && type == R_MIPS_32)
		return take_plain(binary, data, room, 4, addend);
	if (binary->machine != EM_386)
		return false;
	switch (type) {
	case R_386_8:
	case R_386_PC8:
		return take_plain(binary, data, room, 1, addend);
	case R_386_16:
	case R_386_PC16:
		return take_plain(binary, data, room, 2, addend);
	case R_386_NONE:
		return false;
	default:
		return take_plain(binary, data, room, 4, addend);
	}
}

/* Bytes of an instruction behind its RIP-relative displacement at the offset. */
static guint x86_immediate_behind(const unsigned char *data, gsize offset)
{
	guint modrm, opcode, reg;
	bool two_bytes;

	if (offset < 2 || ((modrm = data[offset - 1]) & 0xc7) != 0x05)
		return 0;
	opcode = data[offset - 2];
	reg = modrm >> 3 & 7;
	/* 0f 8x is a jump and has no ModRM, so there the 0f belongs to the instruction before. */
	two_bytes = offset >= 3 && data[offset - 3] == 0x0f && (opcode & 0xf0) != 0x80;
	if (two_bytes)
		return opcode == 0xba || opcode == 0xa4 || opcode == 0xac || opcode == 0xc2 ||
		       (opcode >= 0xc4 && opcode <= 0xc6) || (opcode >= 0x70 && opcode <= 0x73);
	switch (opcode) {
	case 0x6b: case 0x80: case 0x83: case 0xc0: case 0xc1: case 0xc6:
		return 1;
	case 0x69: case 0x81: case 0xc7:
		return offset >= 3 && data[offset - 3] == 0x66 ? 2 : 4;
	case 0xf6:
		return reg < 2;
	case 0xf7:
		return reg < 2 ? (offset >= 3 && data[offset - 3] == 0x66 ? 2 : 4) : 0;
	}
	return 0;
}

static gint64 x86_bias(const struct section *section, gsize offset, guint type)
{
	static const guint pc32[] = { R_X86_64_PC32, R_X86_64_PLT32, R_X86_64_GOTPCREL, R_X86_64_GOTTPOFF,
				      R_X86_64_GOTPCRELX, R_X86_64_REX_GOTPCRELX };

	if (type == R_X86_64_PC8)
		return 1;
	for (guint i = 0; i < G_N_ELEMENTS(pc32); i++)
		if (type == pc32[i])
			return 4 + x86_immediate_behind(section->data, offset);
	return 0;
}

gint64 machine_bias(const struct binary *binary, const struct section *section, gsize offset, guint type)
{
	if (!section_is_code(section) || !section->data)
		return 0;
	switch (binary->machine) {
	case EM_X86_64:
		return x86_bias(section, offset, type);
	case EM_386:
		return type == R_386_PC32 || type == R_386_PLT32 ? 4 : type == R_386_PC8 ? 1 : 0;
	case EM_ARM:
		return type == R_ARM_CALL || type == R_ARM_JUMP24 || type == R_ARM_PC24 ? 8 : 0;
	case EM_S390:
		switch (type) {
		case R_390_PC16DBL: case R_390_PC32DBL: case R_390_PLT16DBL: case R_390_PLT32DBL:
		case R_390_GOTPCDBL: case R_390_GOTENT:
			return -2;
		}
	}
	return 0;
}

/* An instruction whose operand is the low bits of its last field bytes, counted in units of scale. */
struct pattern {
	guint machine;
	guint len, field;
	guint64 mask, match;
	guint shift, bits, scale;
	gint bias;		/* of a branch: the PC is the instruction's address plus this */
};

static const struct pattern branches[] = {
	{ EM_AARCH64, 4, 4, 0x7c000000, 0x14000000, 0, 26, 4, 0 },		/* b, bl */
	{ EM_ARM, 4, 4, 0x0e000000, 0x0a000000, 0, 24, 4, 8 },			/* b, bl */
	{ EM_PPC64, 4, 4, 0xfc000002, 0x48000000, 2, 24, 4, 0 },		/* b, bl */
	{ EM_PPC, 4, 4, 0xfc000002, 0x48000000, 2, 24, 4, 0 },
	{ EM_S390, 2, 4, 0xff0f, 0xc000, 0, 32, 2, 0 },				/* larl */
	{ EM_S390, 2, 4, 0xff0e, 0xc004, 0, 32, 2, 0 },				/* brcl, brasl */
	{ EM_S390, 2, 2, 0xff0e, 0xa704, 0, 16, 2, 0 },				/* brc, bras */
	{ EM_MIPS, 4, 4, 0xffff0000, 0x04110000, 0, 16, 4, 4 },			/* bal */
	{ EM_68K, 2, 4, 0xfeff, 0x60ff, 0, 32, 1, 2 },				/* bra.l, bsr.l */
	{ EM_68K, 2, 2, 0xfeff, 0x6000, 0, 16, 1, 2 },				/* bra.w, bsr.w */
	{ EM_68K, 2, 2, 0xffbf, 0x4eba, 0, 16, 1, 2 },				/* jsr, jmp (d16,%pc) */
	{ EM_68K, 2, 2, 0xffff, 0x487a, 0, 16, 1, 2 },				/* pea (d16,%pc) */
	{ EM_68K, 2, 2, 0xf1ff, 0x41fa, 0, 16, 1, 2 },				/* lea (d16,%pc) */
};

static const struct pattern immediates[] = {
	{ EM_AARCH64, 4, 4, 0x7fe00000, 0x52800000, 5, 16, 1, 0 },		/* movz */
	{ EM_ARM, 4, 4, 0x0fff0000, 0x03000000, 0, 12, 1, 0 },			/* movw, up to 4095 */
	{ EM_ARM, 4, 4, 0x0fff0f00, 0x03a00000, 0, 8, 1, 0 },			/* mov, not rotated */
	{ EM_PPC64, 4, 4, 0xfc1f0000, 0x38000000, 0, 16, 1, 0 },		/* li */
	{ EM_PPC, 4, 4, 0xfc1f0000, 0x38000000, 0, 16, 1, 0 },
	{ EM_S390, 2, 2, 0xff0e, 0xa708, 0, 16, 1, 0 },				/* lhi, lghi */
	{ EM_MIPS, 4, 4, 0xffe00000, 0x24000000, 0, 16, 1, 0 },			/* li as addiu */
	{ EM_MIPS, 4, 4, 0xffe00000, 0x64000000, 0, 16, 1, 0 },			/* li as daddiu */
	{ EM_68K, 2, 2, 0xffff, 0x4878, 0, 16, 1, 0 },				/* pea value.w */
	{ EM_68K, 2, 4, 0xf1ff, 0x203c, 0, 32, 1, 0 },				/* move.l #value,%dn */
	{ EM_68K, 2, 4, 0xffff, 0x2f3c, 0, 32, 1, 0 },				/* move.l #value,-(%sp) */
};

/* The pattern's operand, when it is met at the offset; the instruction's bytes end before end. */
static bool match(const struct binary *binary, const struct pattern *p, const struct section *section, gsize at,
		  gsize end, guint64 *operand, struct field *field)
{
	bool apart = p->len == 2;
	gsize size = apart ? 2 + p->field : p->len;

	if (p->machine != binary->machine || at % p->len || at + size > end ||
	    (get_code(binary, section->data + at, p->len) & p->mask) != p->match)
		return false;
	field->at = apart ? at + 2 : at;
	field->len = p->field;
	field->mask = ((G_GUINT64_CONSTANT(1) << p->bits) - 1) << p->shift;
	*operand = (get_code(binary, section->data + field->at, field->len) & field->mask) >> p->shift;
	return true;
}

static bool x86_branch(const struct binary *binary, const struct section *section, gsize at, gsize end,
		       struct field *field)
{
	const unsigned char *code = section->data + at;
	gsize room = end - at, opcode, len = 4;

	if (code[0] == 0xe8 || code[0] == 0xe9)
		opcode = 1;
	else if (room > 1 && code[0] == 0x0f && (code[1] & 0xf0) == 0x80)
		opcode = 2;
	else if (room > 1 && code[0] == 0x8d && (code[1] & 0xc7) == 0x05 && binary->is64)
		opcode = 2;
	else if (code[0] == 0xeb)
		opcode = len = 1;
	else
		return false;
	if (room < opcode + len)
		return false;
	field->at = at + opcode;
	field->len = len;
	field->mask = len == 4 ? 0xffffffff : 0xff;
	field->value = (gint64)(field->at + len) + sign_extend(binary_get(binary, code + opcode, len), len * 8);
	return true;
}

/* bl, b.w: two halfwords, of which the second has two bits that are inverted by the sign. */
static bool thumb_branch(const struct binary *binary, const struct section *section, gsize at, gsize end,
			 struct field *field)
{
	guint64 first, second, sign, j1, j2;

	if (at % 2 || at + 2 > end)
		return false;
	first = binary_get(binary, section->data + at, 2);
	*field = (struct field){ .at = at, .len = 2, .mask = 0x7ff };
	if ((first & 0xf800) == 0xe000) {
		field->value = (gint64)at + 4 + sign_extend(first & 0x7ff, 11) * 2;
		return true;
	}
	if ((first & 0xf800) != 0xf000 || at + 4 > end)
		return false;
	second = binary_get(binary, section->data + at + 2, 2);
	if ((second & 0x9000) != 0x9000)
		return false;
	sign = first >> 10 & 1;
	j1 = (second >> 13 & 1) == sign;
	j2 = (second >> 11 & 1) == sign;
	field->value = (gint64)at + 4 + sign_extend(sign << 24 | j1 << 23 | j2 << 22 | (first & 0x3ff) << 12 |
						    (second & 0x7ff) << 1, 25);
	field->len = 4;
	field->mask = binary->big ? 0x07ff2fff : 0x2fff07ff;
	return true;
}

bool machine_branch(const struct binary *binary, bool thumb, const struct section *section, gsize at, gsize end,
		    struct field *field)
{
	guint64 operand;

	if (binary->machine == EM_X86_64 || binary->machine == EM_386)
		return x86_branch(binary, section, at, end, field);
	if (thumb)
		return thumb_branch(binary, section, at, end, field);
	for (guint i = 0; i < G_N_ELEMENTS(branches); i++) {
		const struct pattern *p = &branches[i];

		if (!match(binary, p, section, at, end, &operand, field))
			continue;
		field->value = (gint64)at + p->bias + sign_extend(operand, p->bits) * p->scale;
		return true;
	}
	return false;
}

static bool x86_immediate(const struct section *section, gsize at, gsize end, struct field *field)
{
	const unsigned char *code = section->data + at;
	gsize room = end - at, skip = 1;

	if (code[0] == 0x6a && room > 1) {
		*field = (struct field){ .at = at + 1, .len = 1, .mask = 0xff, .value = code[1] };
		return code[1] < 0x80;
	}
	if (code[0] == 0xc7 && room > 2) {
		guint mod = code[1] >> 6, rm = code[1] & 7;

		if (code[1] >> 3 & 7)
			return false;
		skip = 2 + (mod != 3 && rm == 4) + (mod == 1 ? 1 : mod == 2 || (mod == 0 && rm == 5) ? 4 : 0);
	} else if ((code[0] & 0xf8) != 0xb8 && code[0] != 0x68) {
		return false;
	}
	if (room < skip + 4 || code[skip + 2] || code[skip + 3])
		return false;
	*field = (struct field){ .at = at + skip, .len = 4, .mask = 0xffffffff,
				 .value = code[skip] | code[skip + 1] << 8 };
	return true;
}

bool machine_immediate(const struct binary *binary, const struct section *section, gsize at, gsize end,
		       struct field *field)
{
	guint64 operand;

	if (binary->machine == EM_X86_64 || binary->machine == EM_386)
		return x86_immediate(section, at, end, field) && field->value;
	for (guint i = 0; i < G_N_ELEMENTS(immediates); i++) {
		const struct pattern *p = &immediates[i];

		if (!match(binary, p, section, at, end, &operand, field))
			continue;
		field->value = operand;
		return operand && operand < 0x10000;
	}
	return false;
}

/* Bytes of the no-op at code as assemblers fill with, 0 when it is none. */
static gsize x86_nop(const unsigned char *code, gsize room)
{
	gsize n = 0;

	while (n < room && (code[n] == 0x66 || code[n] == 0x2e))
		n++;
	if (n < room && (code[n] == 0x90 || code[n] == 0xcc))
		return n + 1;
	if (room - n > 2 && code[n] == 0x0f && code[n + 1] == 0x1f)
		n += 2;
	else if (room - n > 2 && code[n] == 0x8d && ((code[n + 1] >> 3 & 7) == (code[n + 1] & 7) ||
						      code[n + 2] == 0x26))
		n += 1;			/* lea 0(%reg),%reg: i386 */
	else
		return 0;
	switch (code[n] >> 6) {
	case 0:
		return (code[n] & 7) == 4 || (code[n] & 7) == 5 ? 0 : n + 1;
	case 1:
		n += (code[n] & 7) == 4 ? 3 : 2;
		break;
	case 2:
		n += (code[n] & 7) == 4 ? 6 : 5;
		break;
	default:
		return 0;
	}
	return n <= room ? n : 0;
}

static gsize nop_length(const struct binary *binary, const unsigned char *code, gsize room)
{
	static const struct {
		guint machine, len;
		guint64 code;
	} nops[] = {
		{ EM_AARCH64, 4, 0xd503201f }, { EM_ARM, 4, 0xe320f000 }, { EM_ARM, 4, 0xe1a00000 },
		{ EM_ARM, 2, 0xbf00 }, { EM_PPC64, 4, 0x60000000 }, { EM_PPC, 4, 0x60000000 },
		{ EM_S390, 2, 0x0707 }, { EM_S390, 2, 0x0700 }, { EM_S390, 4, 0x47000000 },
		{ EM_68K, 2, 0x4e71 },
	};

	if (binary->machine == EM_X86_64 || binary->machine == EM_386)
		return x86_nop(code, room);
	for (guint i = 0; i < G_N_ELEMENTS(nops); i++)
		if (nops[i].machine == binary->machine && nops[i].len <= room &&
		    get_code(binary, code, nops[i].len) == nops[i].code)
			return nops[i].len;
	return room > 1 && !code[0] && !code[1] ? 2 : 0;
}

gsize machine_fill(const struct binary *binary, const struct section *section, gsize start, gsize end)
{
	gsize fill = start;

	for (gsize at = start; at < end;) {
		gsize len = nop_length(binary, section->data + at, end - at);

		at += len ? len : 1;
		if (!len)
			fill = at;
	}
	return fill;
}
