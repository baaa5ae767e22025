# SPDX-License-Identifier: GPL-3.0-or-later
# One way to declare a library of ours. The include path of a library holds its own folder only, as a link farm, so that
# `#include "core/keys/keystore.h"` compiles only in targets that link core_keys: an arrow against the design fails at once.
function(_cachelight_include_root target folder)
  set(root ${PROJECT_BINARY_DIR}/include/${target})
  get_filename_component(parent ${folder} DIRECTORY)
  file(MAKE_DIRECTORY ${root}/${parent})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${folder} ${root}/${folder} SYMBOLIC)
  target_include_directories(${target} PUBLIC ${root})
endfunction()

# cachelight_library(NAME FOLDER path/below/root SOURCES … HEADERS … LINK … PRIVATE_LINK …)
function(cachelight_library name)
  cmake_parse_arguments(arg "" "FOLDER" "SOURCES;HEADERS;LINK;PRIVATE_LINK" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES} ${arg_HEADERS})
  _cachelight_include_root(${name} ${arg_FOLDER})
  target_link_libraries(${name} PUBLIC ${arg_LINK} PRIVATE cachelight_flags ${arg_PRIVATE_LINK})
endfunction()

# cachelight_core(base|redis|… SOURCES … HEADERS … LINK … PRIVATE_LINK …): target core_<name>, listed for the layer proofs.
function(cachelight_core name)
  cachelight_library(core_${name} FOLDER core/${name} ${ARGN})
  set_property(GLOBAL APPEND PROPERTY CACHELIGHT_CORE_LIBRARIES core_${name})
endfunction()
