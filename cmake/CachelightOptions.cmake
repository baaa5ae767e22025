# SPDX-License-Identifier: GPL-3.0-or-later
# Switches of the build. One helper declares them, so that the feature summary lists each.
function(cachelight_option name default text)
  option(${name} "${text}" ${default})
  add_feature_info(${name} ${name} "${text}")
endfunction()

cachelight_option(CACHELIGHT_UI ON "the window (cachelight-gui); without it core and the command line are built")
cachelight_option(CACHELIGHT_TESTS ON "tests and benchmarks")
cachelight_option(CACHELIGHT_WERROR OFF "compiler warnings are errors")
cachelight_option(CACHELIGHT_SANITIZE OFF "address and undefined behaviour sanitizers")
cachelight_option(CACHELIGHT_FUZZ OFF "fuzzers of tests/fuzz in the place of their corpus tests; needs clang")

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()

# Flags of every target of ours: warnings, Qt's strict API, sanitizers.
add_library(cachelight_flags INTERFACE)
target_compile_options(cachelight_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  # Designated initialisers name what differs from the defaults; GCC 12 warns of the rest.
  -Wno-missing-field-initializers)
if(CACHELIGHT_WERROR)
  target_compile_options(cachelight_flags INTERFACE -Werror)
endif()
target_compile_definitions(cachelight_flags INTERFACE
  QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_CAST_FROM_BYTEARRAY QT_NO_URL_CAST_FROM_STRING QT_NO_FOREACH
  QT_USE_QSTRINGBUILDER QT_NO_NARROWING_CONVERSIONS_IN_CONNECT QT_DISABLE_DEPRECATED_BEFORE=0x060400
  CACHELIGHT_VERSION="${PROJECT_VERSION}")
if(CACHELIGHT_SANITIZE)
  # Instrumented code compiles twice as fast with -O0 -g1 as with -O1 -g; the tests lose less time than that saves.
  target_compile_options(cachelight_flags INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -O0 -g1)
  target_link_options(cachelight_flags INTERFACE -fsanitize=address,undefined)
endif()
if(CACHELIGHT_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "CACHELIGHT_FUZZ needs clang: cmake --preset fuzz")
  endif()
  # RapidJSON's stack.h adds to a null pointer before its first allocation.
  target_compile_options(cachelight_flags INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-sanitize=pointer-overflow -fno-omit-frame-pointer -O1 -g)
  target_link_options(cachelight_flags INTERFACE -fsanitize=address,undefined)
endif()
