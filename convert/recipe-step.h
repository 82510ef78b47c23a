/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * recipe-step.h: the part of recipe.c that reads one step.
 */
#ifndef RECIPE_STEP_H
#define RECIPE_STEP_H

#include "recipe.h"

/* The step of a group, the last of recipe->steps being the one above it; NULL with the error set. */
struct step *step_read(struct recipe *recipe, GKeyFile *file, const char *group, GError **error);
void step_free(struct step *step);
/* The text of a file of the recipe's folder. */
char *recipe_text(const char *folder, const char *name, GError **error);
/* A value of a group that must be there. */
char *recipe_need(GKeyFile *file, const char *group, const char *key, GError **error);

#endif
