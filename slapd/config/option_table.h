#ifndef SLAPD_CONFIG_OPTION_TABLE_H
#define SLAPD_CONFIG_OPTION_TABLE_H

/* The rows behind option.h, which is how everybody else reaches them. */

#include <stddef.h>
#include "config/option.h"

extern const struct option option_table[];
extern const size_t option_table_count;

#endif
