/*
 * The packet list in full screen: rows, the selected packet by layers, its bytes. A view of its
 * own beside the tables (tui.h), with their keys where they mean the same.
 */
#ifndef WEIR_TUI_SNIFF_H
#define WEIR_TUI_SNIFF_H

#include "client/packets.h"
#include "tui/tui.h"

/**
 * Show `packets` on the terminal until the user leaves, the terminal is lost or a signal asks to
 * end. Of the options those of tables and of the engine mean nothing here; `machine` is where the
 * packets come from. Returns as weir_tui_run().
 */
WEIR_NODISCARD int weir_sniff_show(weir_packets_t *packets, const weir_tui_options_t *options,
                                   char ret_error[static WEIR_TUI_ERROR_SIZE]);

#endif
