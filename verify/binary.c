// SPDX-License-Identifier: GPL-2.0-only
/*
 * binary.c: reading relocatable ELF objects with libelf. See binary.h.
 *
 * Nothing in a file is trusted: an offset, index or size that leads out of
 * its section is an error with the section's name. Contents are copied, as
 * libelf would turn some of them to the byte order of this machine.
 *
 * Not kept, because they do not reach the running kernel or only repeat what
 * is kept in another form: debug information, symbol and string tables,
 * relocation sections (their relocations belong to the section they apply
 * to), and indexes into the symbol table that the linker uses.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "machine.h"

/* clang: symbols whose address matters; not in every elf.h. */
#define SHT_ADDRSIG	0x6fff4c03

static void section_free(gpointer data)
{
	struct section *section = data;

	g_free(section->data);
	g_array_unref(section->relocs);
	g_clear_pointer(&section->pieces, g_ptr_array_unref);
	g_free(section);
}

void binary_free(struct binary *binary)
{
	if (!binary)
		return;
	g_clear_pointer(&binary->sections, g_ptr_array_unref);
	g_clear_pointer(&binary->symbols, g_array_unref);
	g_clear_pointer(&binary->elf, elf_end);
	if (binary->fd >= 0)
		close(binary->fd);
	g_free(binary);
}

guint64 binary_get(const struct binary *binary, const unsigned char *at, gsize len)
{
	guint64 value = 0;

	for (gsize i = 0; i < len; i++)
		value = value << 8 | at[binary->big ? i : len - 1 - i];
	return value;
}

void binary_put(const struct binary *binary, unsigned char *at, gsize len, guint64 value)
{
	for (gsize i = 0; i < len; i++)
		at[binary->big ? len - 1 - i : i] = value >> 8 * i;
}

guint section_reloc(const struct section *section, gsize offset)
{
	guint low = 0, high = section->relocs->len;

	while (low < high) {
		guint middle = (low + high) / 2;

		if (g_array_index(section->relocs, struct reloc, middle).offset < offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_kept(const struct section *section)
{
	static const char *const dropped[] = { ".debug", ".zdebug", ".stab", ".gnu_debug" };

	switch (section->type) {
	case SHT_NULL:
	case SHT_SYMTAB:
	case SHT_STRTAB:
	case SHT_REL:
	case SHT_RELA:
	case SHT_GROUP:
	case SHT_SYMTAB_SHNDX:
	case SHT_ADDRSIG:
		return false;
	}
	for (guint i = 0; i < G_N_ELEMENTS(dropped); i++)
		if (!(section->flags & SHF_ALLOC) && g_str_has_prefix(section->name, dropped[i]))
			return false;
	return true;
}

static gboolean read_section(struct binary *binary, Elf_Scn *scn, gsize names, GError **error)
{
	struct section *section = g_new0(struct section, 1);
	Elf_Data *raw;
	GElf_Shdr header;

	section->relocs = g_array_new(FALSE, FALSE, sizeof(struct reloc));
	g_ptr_array_add(binary->sections, section);
	if (!gelf_getshdr(scn, &header))
		return fail(error, "section %u: %s", binary->sections->len - 1, elf_errmsg(-1));
	section->name = elf_strptr(binary->elf, names, header.sh_name);
	if (!section->name)
		return fail(error, "section %u has no name", binary->sections->len - 1);
	section->index = binary->sections->len - 1;
	section->type = header.sh_type;
	section->flags = header.sh_flags;
	section->size = header.sh_size;
	section->align = MAX(header.sh_addralign, 1);
	section->entsize = header.sh_entsize;
	section->kept = is_kept(section);
	if (header.sh_type == SHT_NOBITS || !section->kept || !header.sh_size)
		return TRUE;
	raw = elf_rawdata(scn, NULL);
	if (!raw || !raw->d_buf || raw->d_size != header.sh_size)
		return fail(error, "section '%s' is cut off", section->name);
	section->data = g_memdup2(raw->d_buf, raw->d_size);
	return TRUE;
}

/* A function of ELFv1 is named by its descriptor in .opd; what is meant is the code that points to. */
static void follow_descriptor(struct binary *binary, struct symbol *symbol)
{
	const struct reloc *reloc;
	guint i;

	if (binary->machine != EM_PPC64 || !symbol->section || strcmp(symbol->section->name, ".opd") ||
	    symbol->type != STT_FUNC)
		return;
	i = section_reloc(symbol->section, symbol->value);
	if (i == symbol->section->relocs->len)
		return;
	reloc = &g_array_index(symbol->section->relocs, struct reloc, i);
	if (reloc->offset != symbol->value || !reloc->symbol || reloc->symbol->type != STT_SECTION ||
	    !reloc->symbol->section || (guint64)reloc->addend > reloc->symbol->section->size)
		return;
	symbol->section = reloc->symbol->section;
	symbol->value = reloc->addend;
}

static gboolean read_symbol(struct binary *binary, const GElf_Sym *from, Elf32_Word extended, gsize strings,
			    GError **error)
{
	struct symbol symbol = {
		.value = from->st_value, .size = from->st_size, .type = GELF_ST_TYPE(from->st_info),
		.bind = GELF_ST_BIND(from->st_info), .visibility = GELF_ST_VISIBILITY(from->st_other),
		.shndx = from->st_shndx == SHN_XINDEX ? extended : from->st_shndx,
	};

	symbol.name = elf_strptr(binary->elf, strings, from->st_name);
	if (!symbol.name)
		return fail(error, "symbol %u has no name", binary->symbols->len);
	if (symbol.shndx != SHN_UNDEF && (symbol.shndx < SHN_LORESERVE || from->st_shndx == SHN_XINDEX)) {
		if (symbol.shndx >= binary->sections->len)
			return fail(error, "symbol '%s' is in no section", symbol.name);
		symbol.section = g_ptr_array_index(binary->sections, symbol.shndx);
	}
	if (binary->machine == EM_ARM && symbol.type == STT_FUNC && symbol.value & 1) {
		symbol.thumb = true;
		symbol.value--;
	}
	if (symbol.section && symbol.section->kept && symbol.value > symbol.section->size)
		return fail(error, "symbol '%s' lies outside of section '%s'", symbol.name, symbol.section->name);
	if (symbol.type == STT_SECTION && symbol.section)
		symbol.name = symbol.section->name;
	g_array_append_val(binary->symbols, symbol);
	return TRUE;
}

static gboolean read_symbols(struct binary *binary, GError **error)
{
	Elf_Scn *scn = NULL;
	Elf_Data *extended = NULL, *data = NULL;
	GElf_Shdr header;
	gsize strings = 0, n = 0;

	while ((scn = elf_nextscn(binary->elf, scn))) {
		if (!gelf_getshdr(scn, &header))
			return fail(error, "%s", elf_errmsg(-1));
		if (header.sh_type == SHT_SYMTAB_SHNDX)
			extended = elf_getdata(scn, NULL);
		if (header.sh_type != SHT_SYMTAB || data)
			continue;
		data = elf_getdata(scn, NULL);
		if (!data || !header.sh_entsize)
			return fail(error, "the symbol table is cut off");
		strings = header.sh_link;
		n = header.sh_size / header.sh_entsize;
	}
	for (gsize i = 0; i < n; i++) {
		Elf32_Word index = 0;
		GElf_Sym symbol;

		if (!gelf_getsymshndx(data, extended, i, &symbol, &index))
			return fail(error, "the symbol table is cut off");
		if (!read_symbol(binary, &symbol, index, strings, error))
			return FALSE;
	}
	return TRUE;
}

/* Little-endian MIPS64 keeps the symbol in the low half and the types behind it, last first. */
static void mips64_info(const struct binary *binary, GElf_Rela *rela)
{
	guint64 info = rela->r_info;

	if (binary->machine != EM_MIPS || !binary->is64 || binary->big)
		return;
	rela->r_info = info << 32 | GUINT32_SWAP_LE_BE((guint32)(info >> 32));
}

static gboolean read_reloc(struct binary *binary, struct section *section, GElf_Rela *rela, GError **error)
{
	struct reloc reloc = { .offset = rela->r_offset };
	gsize symbol;

	mips64_info(binary, rela);
	symbol = GELF_R_SYM(rela->r_info);
	reloc.type = GELF_R_TYPE(rela->r_info);
	reloc.addend = rela->r_addend;
	if (reloc.offset > section->size)
		return fail(error, "a relocation lies outside of section '%s'", section->name);
	if (symbol >= binary->symbols->len && symbol)
		return fail(error, "a relocation of section '%s' has no symbol", section->name);
	if (symbol)
		reloc.symbol = &g_array_index(binary->symbols, struct symbol, symbol);
	g_array_append_val(section->relocs, reloc);
	return TRUE;
}

static gint by_offset(gconstpointer a, gconstpointer b)
{
	const struct reloc *x = a, *y = b;

	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static gboolean read_relocs(struct binary *binary, Elf_Scn *scn, const GElf_Shdr *header, GError **error)
{
	struct section *section;
	Elf_Data *data;
	bool rel = header->sh_type == SHT_REL;

	if (!header->sh_info || header->sh_info >= binary->sections->len || !header->sh_entsize)
		return fail(error, "relocations for no section");
	section = g_ptr_array_index(binary->sections, header->sh_info);
	if (!section->kept)
		return TRUE;
	data = elf_getdata(scn, NULL);
	for (gsize i = 0; i < header->sh_size / header->sh_entsize; i++) {
		GElf_Rela rela = { 0 };
		GElf_Rel short_form;

		if (!data || !(rel ? (gpointer)gelf_getrel(data, i, &short_form) : (gpointer)gelf_getrela(data, i, &rela)))
			return fail(error, "the relocations of section '%s' are cut off", section->name);
		if (rel)
			rela = (GElf_Rela){ .r_offset = short_form.r_offset, .r_info = short_form.r_info };
		if (!read_reloc(binary, section, &rela, error))
			return FALSE;
	}
	binary->rel |= rel;
	/* Stable: more than one can apply to a place, in the order of the file. */
	g_array_sort(section->relocs, by_offset);
	return TRUE;
}

/* Finds what the relocations of the section mean. */
static void resolve(const struct binary *binary, struct section *section)
{
	for (guint i = 0; i < section->relocs->len; i++) {
		struct reloc *reloc = &g_array_index(section->relocs, struct reloc, i);

		if (binary->rel && section->data)
			machine_take_addend(binary, reloc->type, section->data + reloc->offset,
					    section->size - reloc->offset, &reloc->addend);
		if (!reloc->symbol || !reloc->symbol->section || !reloc->symbol->section->kept)
			continue;
		reloc->to = reloc->symbol->section;
		reloc->at = reloc->symbol->value + reloc->addend +
			    machine_bias(binary, section, reloc->offset, reloc->type);
	}
}

static gboolean read_all(struct binary *binary, GError **error)
{
	Elf_Scn *scn = NULL;
	GElf_Shdr header;
	gsize names;

	if (elf_getshdrstrndx(binary->elf, &names))
		return fail(error, "%s", elf_errmsg(-1));
	if (!read_section(binary, elf_getscn(binary->elf, 0), names, error))
		return FALSE;
	while ((scn = elf_nextscn(binary->elf, scn)))
		if (!read_section(binary, scn, names, error))
			return FALSE;
	if (!read_symbols(binary, error))
		return FALSE;
	while ((scn = elf_nextscn(binary->elf, scn))) {
		if (!gelf_getshdr(scn, &header))
			return fail(error, "%s", elf_errmsg(-1));
		if ((header.sh_type == SHT_REL || header.sh_type == SHT_RELA) &&
		    !read_relocs(binary, scn, &header, error))
			return FALSE;
	}
	for (guint i = 0; i < binary->symbols->len; i++)
		follow_descriptor(binary, &g_array_index(binary->symbols, struct symbol, i));
	for (guint i = 0; i < binary->sections->len; i++)
		resolve(binary, g_ptr_array_index(binary->sections, i));
	return TRUE;
}

static gboolean read_header(struct binary *binary, const char *path, GError **error)
{
	GElf_Ehdr header;

	binary->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (binary->fd < 0)
		return fail(error, "%s", g_strerror(errno));
	elf_version(EV_CURRENT);
	binary->elf = elf_begin(binary->fd, ELF_C_READ, NULL);
	if (!binary->elf || elf_kind(binary->elf) != ELF_K_ELF || !gelf_getehdr(binary->elf, &header))
		return fail(error, "not an ELF file");
	if (header.e_type != ET_REL)
		return fail(error, "not a relocatable object");
	binary->machine = header.e_machine;
	binary->flags = header.e_flags;
	binary->is64 = header.e_ident[EI_CLASS] == ELFCLASS64;
	binary->big = header.e_ident[EI_DATA] == ELFDATA2MSB;
	return TRUE;
}

struct binary *binary_read(const char *path, GError **error)
{
	struct binary *binary = g_new0(struct binary, 1);
	g_autoptr(GError) why = NULL;

	binary->fd = -1;
	binary->sections = g_ptr_array_new_with_free_func(section_free);
	binary->symbols = g_array_new(FALSE, FALSE, sizeof(struct symbol));
	if (read_header(binary, path, &why) && read_all(binary, &why))
		return binary;
	binary_free(binary);
	fail(error, "cannot read the object '%s': %s", path, why->message);
	return NULL;
}
