// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Makes ":/icons/…" and ":/app/…" known: resources of a static library have to be asked for.
void initResources();
